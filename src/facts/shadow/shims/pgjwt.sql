create function url_encode(data bytea) returns text language sql immutable as $$
  select translate(encode(data, 'base64'), E'+/=\n', '-_')
$$;
create function url_decode(data text) returns bytea language sql immutable as $$
  select decode(translate(data, '-_', '+/') || repeat('=', (4 - length(data) % 4) % 4), 'base64')
$$;
-- Nothing is signed: a digest stands where the signature would.
create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable as $$
  select url_encode(sha256(convert_to(signables, 'UTF8')))
$$;
create function sign(payload json, secret text, algorithm text default 'HS256') returns text language sql immutable as $$
  select url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'UTF8')) || '.' || url_encode(convert_to(payload::text, 'UTF8')) || '.'
    || algorithm_sign(payload::text, secret, algorithm)
$$;
create function verify(token text, secret text, algorithm text default 'HS256') returns table (header json, payload json, valid boolean)
language sql immutable as $$
  select convert_from(url_decode(split_part(token, '.', 1)), 'UTF8')::json, convert_from(url_decode(split_part(token, '.', 2)), 'UTF8')::json, false
$$;
