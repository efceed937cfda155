import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'column-encryption',
  silent: `
create table public.accounts (id int primary key, password_hash text, api_key_digest text, secret_id uuid, token_expires_at timestamptz, recovery_code text, sealed_token bytea, password text);
insert into public.accounts (id, password) values (1, '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy');
comment on column public.accounts.recovery_code is 'sha256 of the code sent to the user';
`,
  defect: `
create table public.connections (id int primary key, access_token text, invite jsonb);
create table public.invitations (id int primary key, token text);
create table public.sessions (id int primary key, refresh_token text);
insert into public.sessions values (1, md5('a')), (2, md5('b'));
`,
  expect: [
    { object: 'public.connections.access_token', severity: 'high' },
    { object: 'public.invitations.token', severity: 'medium' },
    { object: 'public.sessions.refresh_token', severity: 'low' },
  ],
  repair: `
alter table public.connections drop column access_token;
comment on column public.invitations.token is 'stored as a hash';
comment on column public.sessions.refresh_token is 'md5 digest';
`,
} satisfies CheckFixture;
