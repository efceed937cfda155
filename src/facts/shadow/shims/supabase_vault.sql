-- Values are kept as they come: nothing real goes into a throw-away database.
create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea,
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
create unique index secrets_name_idx on vault.secrets (name) where name is not null;
create view vault.decrypted_secrets as
  select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at from vault.secrets;
create function vault.create_secret(new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null)
returns uuid language sql security definer set search_path = '' as $$
  insert into vault.secrets (secret, name, description) values (new_secret, new_name, new_description) returning id
$$;
create function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null, new_key_id uuid default null
) returns void language sql security definer set search_path = '' as $$
  update vault.secrets s set secret = coalesce(new_secret, s.secret), name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description), updated_at = current_timestamp
  where s.id = secret_id
$$;
create function vault._crypto_aead_det_decrypt(message bytea, additional bytea, key_id bigint, context bytea default '', nonce bytea default null)
returns bytea language sql immutable as 'select message';
revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, references, delete, truncate on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on all functions in schema vault to postgres with grant option;
grant execute on all functions in schema vault to service_role;
-- A superuser owns nothing here: a foreign key into the table has its owner look, and run the project's casts while it does.
grant usage on schema vault to dashboard_user;
alter table vault.secrets owner to dashboard_user;
alter view vault.decrypted_secrets owner to dashboard_user;
alter function vault.create_secret(text, text, text, uuid) owner to dashboard_user;
alter function vault.update_secret(uuid, text, text, text, uuid) owner to dashboard_user;
