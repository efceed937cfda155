import type { CheckFixture } from '../fixture.ts';

const claim = (path: string, shapes: readonly string[] = [], type = 'string') => ({
  path: path.split('.'),
  type,
  shapes,
});

/** As Auth issues them. */
const PLAIN = [
  ...['iss', 'sub', 'aud', 'role', 'aal', 'session_id', 'phone'].map((name) => claim(name)),
  claim('email', ['email']),
  claim('exp', [], 'number'),
  claim('iat', [], 'number'),
  claim('is_anonymous', [], 'boolean'),
  claim('app_metadata.provider'),
  claim('app_metadata.providers', [], 'array'),
  claim('app_metadata.tenant_id'),
  claim('amr', [], 'array'),
  claim('user_metadata.email', ['email']),
  claim('user_metadata.email_verified', [], 'boolean'),
  claim('user_metadata.full_name'),
  claim('user_metadata.avatar_url'),
  claim('user_metadata.theme'),
];

const tokens = (claims: readonly unknown[], signature = 'verified') => ({
  userTokens: {
    origin: 'https://api.example.test',
    tokens: [
      { user: 'A', algorithm: 'ES256', signature: 'verified', seconds: 3600, claims: PLAIN },
      { user: 'C', algorithm: 'ES256', signature, seconds: 3600, claims },
    ],
  },
});

const TABLE = `
create table public.reports (id int primary key, tenant_id text);
alter table public.reports enable row level security;
create policy "tenant" on public.reports for select to authenticated using (tenant_id = (select auth.jwt() -> 'app_metadata' ->> 'tenant_id'));
`;

// The server of the tests issues tokens without metadata, so that they are laid over what was collected.
export default {
  check: 'jwt-claims',
  silent: TABLE,
  defect: `create policy "staff" on public.reports for all to authenticated using ((select auth.jwt() -> 'user_metadata' ->> 'plan') = 'staff');`,
  expect: [
    { object: 'claim user_metadata.date_of_birth', severity: 'high' },
    { object: 'claim user_metadata.plan', severity: 'high' },
    { object: 'claim reference', severity: 'high' },
    { object: 'claim app_metadata.api_key', severity: 'high' },
    { object: 'token test user C', severity: 'high' },
  ],
  repair: `drop policy "staff" on public.reports;`,
  overlay: {
    silent: tokens(PLAIN),
    defect: tokens(
      [
        ...PLAIN,
        claim('user_metadata.date_of_birth'),
        claim('user_metadata.plan'),
        claim('reference', ['iban']),
        claim('app_metadata.api_key'),
      ],
      'wrong',
    ),
    fixed: tokens([...PLAIN, claim('user_metadata.plan')]),
  },
} satisfies CheckFixture;
