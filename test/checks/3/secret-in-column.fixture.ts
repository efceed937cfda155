import type { CheckFixture } from '../fixture.ts';

// Put together from parts, so that no scanner of repositories takes this file for a leak.
const jwt = (role: string, iss: string) =>
  `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss, role, exp: 1983812996 })).toString('base64url')}.${'A'.repeat(43)}`;

export default {
  check: 'secret-in-column',
  silent: `
    create table public.settings (key text primary key, value text);
    insert into public.settings values
      ('slug', 'sk-bratislava-old-town-walking-tour'), ('anon', '${jwt('anon', 'supabase')}'), ('demo', '${jwt('service_role', 'supabase-demo')}'),
      ('publishable', 'pk_${'live'}_51Habcdefghijk12345'), ('hash', '$2b$12$${'a'.repeat(53)}'), ('documented', 'AKIAIOSFODNN7EXAMPLE');
  `,
  defect: `
    insert into public.settings values ('stripe', 'sk_${'live'}_51Habcdefghijk1234567890'), ('admin', '${jwt('service_role', 'supabase')}');
    create table public.hooks (id int primary key, request jsonb[], note text[]);
    insert into public.hooks values (1, array['{"a": "b"}'::jsonb], array['use', 'hooks.slack.com/services/T00000000/B00000000/abcdefgh12345678']);
  `,
  expect: [
    { object: 'public.settings.value', severity: 'blocker' },
    { object: 'public.settings.value', severity: 'blocker' },
    { object: 'public.hooks.note', severity: 'medium' },
  ],
  repair: `delete from public.settings where key in ('stripe', 'admin'); delete from public.hooks;`,
} satisfies CheckFixture;
