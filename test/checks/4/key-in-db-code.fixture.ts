import type { CheckFixture } from '../fixture.ts';

/** A token of the right shape that opens nothing: its claims say so, its signature is a word. */
function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJlLW9mLWEtZml4dHVyZQ`;
}
const SERVICE = token({
  iss: 'supabase',
  ref: 'abcdefghijklmnopqrst',
  role: 'service_role',
  iat: 1700000000,
  exp: 2000000000,
});
const DEMO = token({ iss: 'supabase-demo', role: 'service_role', exp: 1983812996 });

export default {
  check: 'key-in-db-code',
  silent: `
create function public.hook() returns text language sql stable as $$ select decrypted_secret from vault.decrypted_secrets where name = 'hook' $$;
`,
  defect: `
create function public.send() returns text language sql as $$ select 'Authorization: Bearer ${SERVICE}' $$;
create function public.local() returns text language sql as $$ select '${DEMO}' $$;
create table public.orders (id int primary key);
create function public.pass() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_order after insert on public.orders for each row execute function public.pass('${SERVICE}');
`,
  expect: [
    { object: 'public.send()', severity: 'blocker' },
    { object: 'public.local()', severity: 'info' },
    { object: 'trigger on_order on public.orders', severity: 'blocker' },
  ],
  repair: `
drop function public.send();
drop function public.local();
drop trigger on_order on public.orders;
`,
} satisfies CheckFixture;
