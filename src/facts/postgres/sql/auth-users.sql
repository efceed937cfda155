-- Counts only: no address, id or metadata leaves the server.
with marked as materialized (
  select
    u.id,
    :is_anonymous as anonymous,
    :is_confirmed as confirmed,
    :is_confirmed and (
      pg_catalog.lower(u.raw_app_meta_data ->> 'role') like '%admin%'
      or pg_catalog.lower((u.raw_app_meta_data -> 'roles')::text) like '%admin%'
      or pg_catalog.lower(u.raw_app_meta_data ->> 'is_admin') = 'true'
      or pg_catalog.lower(u.raw_app_meta_data ->> 'claims_admin') = 'true'
    ) is true as admin,
    pg_catalog.lower(pg_catalog.split_part(u.email, '@', 2)) as domain,
    u.email
  from auth.users u
  where :is_present
),
matched as materialized (
  select m.admin, p.pattern
  from marked m
  join (values
    ('reserved test domain (RFC 2606)', '(^|\.)(example\.(com|net|org)|test|example|invalid|localhost)$', null),
    ('@example.* or @test.*', '^(example|test)\.[a-z.]+$', '^example\.(com|net|org)$'),
    ('disposable mail', '(^|\.)(mailinator\.com|yopmail\.(com|fr|net)|guerrillamail\.(com|net|org|biz|info)|sharklasers\.com|10minutemail\.(com|net)|temp-mail\.org|tempmail\.(com|dev)|trashmail\.(com|net)|getnada\.com|maildrop\.cc|dispostable\.com|throwawaymail\.com|mailnesia\.com|fakeinbox\.com|moakt\.(com|cc)|mohmal\.com)$', null)
  ) as p (pattern, wanted, unless) on m.domain ~ p.wanted and (p.unless is null or m.domain !~ p.unless)
  union all
  select m.admin, '+test tag' from marked m where pg_catalog.lower(pg_catalog.split_part(m.email, '@', 1)) ~ '\+test'
)
select
  pg_catalog.count(*) as total,
  pg_catalog.count(*) filter (where m.anonymous) as anonymous,
  pg_catalog.count(*) filter (where m.confirmed) as confirmed,
  pg_catalog.count(*) filter (where m.admin) as admins,
  pg_catalog.count(*) filter (where m.admin and :has_verified_mfa) as "adminsWithVerifiedMfa",
  coalesce((
    select pg_catalog.json_agg(pg_catalog.json_build_object('pattern', g.pattern, 'users', g.users, 'admins', g.admins) order by g.pattern collate "C")
    from (
      select x.pattern, pg_catalog.count(*) as users, pg_catalog.count(*) filter (where x.admin) as admins
      from matched x group by x.pattern
    ) g
  ), '[]') as "testUsers",
  :audit_log_entries as "auditLogEntries"
from marked m
