import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ready } from '../../scripts/ready.mjs';
import { expectNoLeak, filesUnder } from '../helpers/canaries.ts';
import { CLI, runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';
import { managementServer } from '../platform/management-server.ts';
import { HAS_TMUX, openTerminal } from '../ui/tmux.ts';

/*
 * Secrets where projects keep them: environment, references of the configuration, repository and its history, database code,
 * the Management API, rows of every text column. Put together from parts, so that no scanner of repositories takes this file
 * for a leak. None is anybody's.
 */
const jwt = (role: string) =>
  [
    { alg: 'HS256', typ: 'JWT' },
    { iss: 'supabase', ref: 'abcdefghijklmnopqrst', role, iat: 1, exp: 4102444800 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('kanariKanariKanariKanariKanariKanariKanari1')
    .join('.');
const SIGNATURE = 'kanariKanariKanariKanariKanariKanariKanari1';
const PASSWORD = 'kanari/p4ss+wörd?';
const TOKEN = `sbp_${'0a1b2c3d4e'.repeat(4)}`;
const PUBLISHABLE = `sb_${'publishable'}_kanariKanari1234567890`;
const SECRET = `sb_${'secret'}_kanariKanari0987654321_abcdefgh`;
const STRIPE = `sk_${'live'}_51KanariKanari1234567890`;
const WEBHOOK = `wh${'sec'}_kanariKanari1234567890abcdef`;
const LITERAL = 'kanari-literal-in-config-toml';
const PLAIN = 'kanari correct horse battery';
const HOSTED = 'kanari-smtp-pass-of-the-project';
const OLD = 'kanari-0ld-p4ssword';
/** As a URL writes it. */
const IN_URL = new URL(`postgres://u:${encodeURIComponent(PASSWORD)}@h/d`).password;
const CANARIES = [PASSWORD, IN_URL, TOKEN, SECRET, STRIPE, WEBHOOK, LITERAL, PLAIN, HOSTED, OLD, SIGNATURE];
/** Words of rows, one for each text column. */
const ROWS = Array.from({ length: 60 }, (_, at) => `zeile-kanari-${String(at).padStart(2, '0')}-wert`);

const REF = 'abcdefghijklmnopqrst';

const MIGRATION = `
create table public.customers (
  id uuid primary key references auth.users on delete cascade, name text, email varchar(200), notes jsonb, tags text[],
  phone char(30), raw bytea, city name, kind text check (kind <> '')
);
alter table public.customers enable row level security;
create policy "own" on public.customers for all to authenticated using (id = (select auth.uid()));
create table public.logs (id bigint generated always as identity primary key, line text, extra xml);
create function public.call_out() returns void language plpgsql security definer as $$
begin
  perform set_config('app.key', '${SECRET}', true);
  perform 'host=db.example password=${OLD} user=postgres';
end $$;
`;

const FILES: Readonly<Record<string, string>> = {
  '.gitignore': '.env*\n.supaready\n',
  '.env': `DATABASE_URL=postgres://postgres:${encodeURIComponent(PASSWORD)}@db.${REF}.supabase.co:5432/postgres\nSUPABASE_SERVICE_ROLE_KEY=${jwt('service_role')}\nJWT_SECRET="${PLAIN}"\n`,
  '.env.production': `STRIPE_SECRET_KEY=${STRIPE}\nSTRIPE_WEBHOOK_SECRET=${WEBHOOK}\n`,
  'package.json': '{"name": "kanari", "dependencies": {"@supabase/supabase-js": "2.109.0"}}',
  'src/admin.ts': `import { createClient } from '@supabase/supabase-js';\nexport const admin = createClient('https://${REF}.supabase.co', '${SECRET}');\nconsole.log(process.env.STRIPE_SECRET_KEY);\n`,
  'supabase/config.toml': `project_id = "${REF}"\n[api]\nschemas = ["public"]\n[auth]\nsite_url = "http://localhost:3000"\n[auth.external.google]\nenabled = true\nclient_id = "id"\nsecret = "${LITERAL}"\n`,
  'supabase/migrations/20260101000000_shop.sql': MIGRATION,
  'supabase/seed.sql': `insert into public.logs (line) values ('${ROWS[0]}');\n`,
};

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function repository(configuration: object): Promise<string> {
  const root = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test', ...args], { cwd: root });
  git('init', '-q');
  // A key that was taken out of the code again stays in the history.
  write(root, {
    'old.ts': `export const stripe = '${STRIPE}';\nexport const url = 'postgres://u:${OLD}@db.example.com/x';\n`,
  });
  git('add', '-A');
  git('commit', '-qm', 'old');
  write(root, { ...FILES, 'old.ts': '\n', 'supaready.config.json': JSON.stringify(configuration) });
  git('add', '-A');
  git('commit', '-qm', 'new');
  return root;
}

/** A canary in every text column of every table that the role may write. */
async function fill(database: TestDatabase): Promise<void> {
  const user = '00000000-0000-4000-8000-000000000001';
  const row = (at: number) => `'${ROWS[at]}'`;
  await database.sql(`${MIGRATION}
    -- as supabase_admin
    insert into auth.users (id, email, phone, encrypted_password, confirmation_token, raw_app_meta_data, raw_user_meta_data, email_confirmed_at)
    values ('${user}', '${ROWS[1]}@post.kade.nl', ${row(2)}, ${row(3)}, ${row(4)}, '{"role": "admin", "x": "${ROWS[5]}"}', '{"full_name": "${ROWS[6]}"}', now());
    insert into auth.identities (id, provider_id, user_id, provider, identity_data) values ('${user}', ${row(7)}, '${user}', ${row(8)}, '{"sub": "${ROWS[9]}"}');
    insert into auth.audit_log_entries (id, payload, ip_address) values ('${user}', '{"actor": "${ROWS[10]}"}', ${row(11)});
    insert into storage.buckets (id, name) values ('files', 'files');
    insert into storage.objects (bucket_id, name, owner_id, metadata) values ('files', '${ROWS[12]}/a.png', ${row(13)}, '{"mimetype": "${ROWS[14]}"}');
    insert into public.customers values ('${user}', ${row(15)}, ${row(16)}, '{"${ROWS[17]}": "${ROWS[18]}"}', array[${row(19)}], ${row(20)}, convert_to(${row(21)}, 'UTF8'), ${row(22)}, ${row(23)});
    insert into public.logs (line, extra) values (${row(24)}, '<a b="${ROWS[25]}"/>'), ('${STRIPE}', null), ('4539148803436467', null);
    create extension if not exists pg_cron;
    select cron.schedule('sync', '0 3 * * *', $$select public.call_out() where '${SECRET}' <> ''$$);
    create view public.headers as select 'Bearer ${jwt('service_role')}'::text as h;
    alter role authenticator set "app.secret" = '${PLAIN}';
    analyze;
  `);
}

describe('secrets of every place', () => {
  let setting: { root: string; out: string; env: Record<string, string>; said: Record<string, string> };
  beforeAll(ready);

  async function prepare() {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    onTestFinished(() => database.sql('-- as supabase_admin\nalter role authenticator reset "app.secret"'));
    await fill(database);
    const names = JSON.parse(readFileSync(new URL('../platform/openapi-names.json', import.meta.url), 'utf8')) as {
      paths: { '/config/auth': Record<string, string> };
    };
    const auth = Object.fromEntries(
      Object.entries(names.paths['/config/auth']).map(([field, type]) => [
        field,
        /secret|_pass$|token$|_key$|test_otp/.test(field)
          ? HOSTED
          : type.startsWith('boolean')
            ? true
            : type.startsWith('int')
              ? 7
              : null,
      ]),
    );
    const at = (path: string) => `/v1/projects/${REF}${path}`;
    const api = await managementServer({
      [at('')]: [{ body: { ref: REF, region: 'eu-central-1', database: { host: HOSTED } } }],
      [at('/config/auth')]: [{ body: auth }],
      [at('/postgrest')]: [
        { body: { db_schema: 'public', db_extra_search_path: '', max_rows: 1000, jwt_secret: HOSTED } },
      ],
      [at('/ssl-enforcement')]: [{ status: 403, body: { message: `no right for ${TOKEN}` } }],
      [at('/network-restrictions')]: [{ status: 418, body: { message: `the key ${SECRET} is wrong` } }],
    });
    onTestFinished(() => api.close());
    const url = new URL(database.url);
    url.password = PASSWORD;
    const root = await repository({
      project: 'kanari',
      environments: {
        production: {
          kind: 'production',
          ref: REF,
          database: 'env:KANARI_URL',
          managementToken: 'env:KANARI_TOKEN',
          api: { url: 'http://127.0.0.1:1', publishableKey: 'env:KANARI_PUBLISHABLE', secretKey: 'env:KANARI_SECRET' },
        },
      },
    });
    return {
      root,
      out: temporaryFolder(),
      said: {} as Record<string, string>,
      env: {
        KANARI_URL: url.href,
        KANARI_TOKEN: TOKEN,
        KANARI_PUBLISHABLE: PUBLISHABLE,
        KANARI_SECRET: SECRET,
        SUPABASE_ACCESS_TOKEN: TOKEN,
        PGPASSWORD: OLD,
        SUPAREADY_MANAGEMENT_URL: api.url,
      },
    };
  }

  async function run(...args: string[]): Promise<string> {
    const { stdout, stderr } = await runCli(args, { cwd: setting.root, env: setting.env });
    setting.said[args.join(' ')] = `${stdout}\n${stderr}`;
    return stdout;
  }

  test('none is in what the commands say, nor in anything they write', { timeout: 400_000 }, async () => {
    setting = await prepare();
    const result = JSON.parse(await run('check', '--format', 'json')) as {
      findings: { check: string; fingerprint: string }[];
      checkpoints: { checks: { id: string; status: string }[] }[];
    };
    // They were seen: else silence would prove nothing.
    const found = new Set(result.findings.map(({ check }) => check));
    for (const check of [
      'secret-in-git',
      'config-literal-secret',
      'key-in-db-code',
      'secret-in-column',
      'pii-patterns',
    ])
      expect([...found]).toContain(check);
    const status = new Map(result.checkpoints.flatMap(({ checks }) => checks.map((row) => [row.id, row.status])));
    expect(status.get('auth-session')).not.toBe('skipped');
    for (const format of ['sarif', 'junit', 'markdown', 'table']) await run('check', '1.2', '4.3', '--format', format);
    await run('status');
    await run('access', '--propose');
    await run('access', '--write');
    await run('access', '--pgtap');
    await run('doctor');
    await run('explain', 'secret-in-git');
    for (const { fingerprint } of result.findings.slice(0, 5)) await run('fix', fingerprint);
    await run('bundle', '--out', setting.out);
    for (const file of filesUnder(setting.out).filter((path) => path.endsWith('.tar')))
      execFileSync('tar', ['-xf', file, '-C', setting.out]);
    expect(filesUnder(setting.out).length).toBeGreaterThan(5);
    expectNoLeak([...CANARIES, ...ROWS], setting.said, [join(setting.root, '.supaready'), setting.out]);
    expectNoLeak([...CANARIES, ...ROWS], {
      contract: readFileSync(join(setting.root, 'supaready.access.json'), 'utf8'),
    });
  });

  test.skipIf(!HAS_TMUX)('none is on the wizard’s screen', { timeout: 300_000 }, async () => {
    setting = await prepare();
    const terminal = openTerminal({ columns: 120, rows: 40, env: { ...setting.env, GIT_AUTHOR_NAME: 'Ada' } });
    const idle = (screen: string) => screen.includes('? help') && !screen.includes('Ctrl-C cancels');
    terminal.keys(`cd ${setting.root} && ${process.execPath} ${CLI}`, 'Enter');
    await terminal.waitFor('? help', 90);
    // Down the list of checkpoints of the first section, into each, through its findings and their details.
    for (let checkpoint = 0; checkpoint < 3; checkpoint++) {
      terminal.keys('Tab');
      await terminal.waitFor((screen) => idle(screen) && screen.includes('Asked of you'), 120);
      for (let finding = 0; finding < 6; finding++) {
        terminal.keys('Down');
        terminal.keys('Enter');
        await new Promise((resolve) => setTimeout(resolve, 150));
        terminal.keys('Escape');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      terminal.keys('Escape');
      await terminal.waitFor('? help');
    }
    terminal.keys('C-c');
    terminal.keys('C-c');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const bytes = terminal.bytes();
    expect(bytes).toContain('kanari');
    expectNoLeak([...CANARIES, ...ROWS], { screen: bytes, history: terminal.history() }, [
      join(setting.root, '.supaready'),
    ]);
  });
});
