-- Runs as the superuser with the project's schema in the search path: what it calls is named in full.
do $$
declare
  name text;
begin
  foreach name in array array['pgsodium_keyiduser', 'pgsodium_keyholder', 'pgsodium_keymaker'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = name) then
      execute pg_catalog.format('create role %I', name);
    end if;
    execute pg_catalog.format('grant %I to postgres with admin option', name);
  end loop;
end
$$;
create type pgsodium.key_status as enum ('default', 'valid', 'invalid', 'expired');
create type pgsodium.key_type as enum (
  'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf', 'secretbox', 'secretstream', 'stream_xchacha20'
);
create table pgsodium.key (
  id uuid primary key default gen_random_uuid(),
  status pgsodium.key_status default 'valid',
  created timestamptz not null default current_timestamp,
  expires timestamptz,
  key_type pgsodium.key_type,
  key_id bigint generated always as identity,
  key_context bytea default '\x7067736f6469756d',
  name text unique,
  associated_data text default 'associated',
  raw_key bytea,
  raw_key_nonce bytea,
  parent_key uuid references pgsodium.key,
  comment text,
  user_data text
);
create view pgsodium.valid_key as
  select id, name, status, key_type, key_id, key_context, created, expires, associated_data from pgsodium.key where status in ('valid', 'default');
create function pgsodium.create_key(
  key_type pgsodium.key_type default 'aead-det', name text default null, raw_key bytea default null, raw_key_nonce bytea default null,
  parent_key uuid default null, key_context bytea default '\x7067736f6469756d', expires timestamptz default null, associated_data text default ''
) returns pgsodium.valid_key language sql security definer set search_path = '' as $$
  insert into pgsodium.key (key_type, name, associated_data) values (key_type, name, associated_data)
  returning row(id, name, status, key_type, key_id, key_context, created, expires, associated_data)::pgsodium.valid_key
$$;
-- Nothing is encrypted: nothing real goes into a throw-away database.
create function pgsodium.crypto_aead_det_encrypt(message bytea, additional bytea, key_uuid uuid, nonce bytea default null) returns bytea language sql immutable as 'select message';
create function pgsodium.crypto_aead_det_decrypt(message bytea, additional bytea, key_uuid uuid, nonce bytea default null) returns bytea language sql immutable as 'select message';
create function pgsodium.crypto_aead_det_encrypt(message bytea, additional bytea, key bytea, nonce bytea default null) returns bytea language sql immutable as 'select message';
create function pgsodium.crypto_aead_det_decrypt(message bytea, additional bytea, key bytea, nonce bytea default null) returns bytea language sql immutable as 'select message';
create function pgsodium.crypto_aead_det_keygen() returns bytea language sql as $$ select sha256(gen_random_uuid()::text::bytea) $$;
create function pgsodium.crypto_aead_det_noncegen() returns bytea language sql as $$ select substr(sha256(gen_random_uuid()::text::bytea), 1, 16) $$;
create function pgsodium.crypto_secretbox_keygen() returns bytea language sql as $$ select sha256(gen_random_uuid()::text::bytea) $$;
create function pgsodium.crypto_secretbox_noncegen() returns bytea language sql as $$ select substr(sha256(gen_random_uuid()::text::bytea), 1, 24) $$;
create function pgsodium.crypto_secretbox(message bytea, nonce bytea, key bytea) returns bytea language sql immutable as 'select message';
create function pgsodium.crypto_secretbox_open(message bytea, nonce bytea, key bytea) returns bytea language sql immutable as 'select message';
create function pgsodium.randombytes_buf(size integer) returns bytea language sql as $$ select substr(sha256(gen_random_uuid()::text::bytea), 1, size) $$;
create function pgsodium.derive_key(key_id bigint, key_len integer default 32, context bytea default '\x7067736f6469756d') returns bytea language sql as $$ select sha256(context) $$;
grant usage on schema pgsodium to postgres with grant option;
grant usage on schema pgsodium to service_role;
grant all on pgsodium.key, pgsodium.valid_key to postgres with grant option;
grant execute on all functions in schema pgsodium to postgres with grant option;
-- A definer's rights are not a superuser's, whom triggers on the keys would run as.
alter function pgsodium.create_key(pgsodium.key_type, text, bytea, bytea, uuid, bytea, timestamptz, text) owner to postgres;
