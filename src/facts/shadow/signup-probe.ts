import type pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { printable, qualified, quoteIdent, quoteLiteral } from '../../core/text.ts';
import { PLATFORM_SCHEMAS } from '../postgres/platform.ts';
import type { ShadowContext } from './collect.ts';
import { inSession, stateOf } from './copy-session.ts';
import { madeUpUuid } from './rows/values.ts';

type SignUp = NonNullable<Facts['signupProbe']>['cases'][number];

/** How somebody comes in: what GoTrue then writes into auth.users and auth.identities. */
interface Case {
  name: SignUp['case'];
  user: Readonly<Record<string, unknown>>;
  provider: string | null;
}

const MAX_TIMEOUTS = 2;
const EMAIL = 'new.user@example.test';
const AVATAR = 'https://avatars.example.test/u/1';

/** Claims as GoTrue copies them from each provider (supabase/auth, internal/api/provider/: google.go, github.go, apple.go). */
const CASES: readonly Case[] = [
  {
    name: 'email',
    user: {
      email: EMAIL,
      raw_user_meta_data: { sub: madeUpUuid(1), email: EMAIL, email_verified: false, phone_verified: false },
    },
    provider: 'email',
  },
  { name: 'empty metadata', user: { email: EMAIL, raw_user_meta_data: {} }, provider: 'email' },
  {
    name: 'phone',
    user: { email: null, phone: '15550100000', raw_user_meta_data: { sub: madeUpUuid(1), phone_verified: false } },
    provider: 'phone',
  },
  {
    name: 'google',
    user: {
      email: EMAIL,
      raw_user_meta_data: {
        iss: 'https://accounts.google.com',
        sub: '100000000000000000001',
        name: 'New User',
        email: EMAIL,
        picture: AVATAR,
        full_name: 'New User',
        avatar_url: AVATAR,
        provider_id: '100000000000000000001',
        email_verified: true,
        phone_verified: false,
      },
    },
    provider: 'google',
  },
  {
    name: 'github',
    user: {
      email: EMAIL,
      raw_user_meta_data: {
        iss: 'https://api.github.com',
        sub: '1000001',
        name: null,
        email: EMAIL,
        full_name: null,
        user_name: 'newuser',
        avatar_url: AVATAR,
        provider_id: '1000001',
        email_verified: true,
        phone_verified: false,
        preferred_username: 'newuser',
      },
    },
    provider: 'github',
  },
  {
    name: 'apple',
    user: {
      email: 'aa00@privaterelay.appleid.com',
      raw_user_meta_data: {
        iss: 'https://appleid.apple.com',
        sub: '000001.00000000000000000000000000000001.0001',
        email: 'aa00@privaterelay.appleid.com',
        provider_id: '000001.00000000000000000000000000000001.0001',
        custom_claims: { auth_time: 1767225600 },
        email_verified: true,
        phone_verified: false,
      },
    },
    provider: 'apple',
  },
  {
    name: 'anonymous',
    user: { email: null, raw_user_meta_data: {}, raw_app_meta_data: {}, is_anonymous: true },
    provider: null,
  },
];

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  return quoteLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}

function insert(table: string, row: Readonly<Record<string, unknown>>, there: ReadonlySet<string>): string {
  const names = Object.keys(row).filter((name) => there.has(name));
  return `insert into ${table} (${names.map(quoteIdent).join(', ')}) values (${names.map((name) => literal(row[name])).join(', ')})`;
}

/** The statements of one sign-up, in GoTrue's order: user, identity, confirmation, first session. */
function stepsOf(
  entry: Case,
  columns: { users: ReadonlySet<string>; identities: ReadonlySet<string> },
): [SignUp['step'], string][] {
  const { provider } = entry;
  const id = madeUpUuid(1);
  const user = {
    instance_id: '00000000-0000-0000-0000-000000000000',
    id,
    aud: 'authenticated',
    role: 'authenticated',
    encrypted_password: '',
    confirmation_token: '',
    recovery_token: '',
    email_change_token_new: '',
    email_change: '',
    raw_app_meta_data: provider === null ? {} : { provider, providers: [provider] },
    created_at: '2026-01-01 00:00:00+00',
    updated_at: '2026-01-01 00:00:00+00',
    ...entry.user,
  };
  const steps: [SignUp['step'], string][] = [['insert', insert('auth.users', user, columns.users)]];
  if (provider !== null && columns.identities.size > 0) {
    const identity = {
      provider_id: id,
      user_id: id,
      identity_data: { ...(entry.user.raw_user_meta_data as object), sub: id },
      provider,
      id: madeUpUuid(2),
    };
    steps.push(['identity', insert('auth.identities', identity, columns.identities)]);
  }
  const confirmed = entry.user.phone ? 'phone_confirmed_at' : 'email_confirmed_at';
  if (entry.name !== 'anonymous')
    steps.push(['confirm', `update auth.users set ${confirmed} = now(), updated_at = now() where id = '${id}'`]);
  steps.push(['sign-in', `update auth.users set last_sign_in_at = now(), updated_at = now() where id = '${id}'`]);
  steps.push(['commit', 'set constraints all immediate']);
  return steps;
}

/** Where it failed, innermost first, without the text of any statement: `internal.new_user() line 4 at SQL statement`. */
function contextOf(where: string | undefined): string[] {
  return (where ?? '').split('\n').flatMap((line) => {
    const place = /^(?:PL\/pgSQL function|SQL function) (.+)$/.exec(line)?.[1];
    return place === undefined ? [] : [printable(place.replace(/^"|"(?= )/g, ''))];
  });
}

async function tryCase(client: pg.Client, entry: Case, columns: Parameters<typeof stepsOf>[1]): Promise<SignUp | null> {
  await client.query('savepoint sign_up');
  let step: SignUp['step'] = 'insert';
  try {
    for (const [name, sql] of stepsOf(entry, columns)) {
      step = name;
      await client.query(sql);
    }
    return null;
  } catch (error) {
    const sqlstate = stateOf(error);
    const { message, where } = error as pg.DatabaseError;
    return {
      case: entry.name,
      step,
      sqlstate,
      message: withoutValues(redact(printable(message))),
      context: contextOf(where),
    };
  } finally {
    await client.query('rollback to savepoint sign_up; release savepoint sign_up');
  }
}

/** What we made up says nothing about the schema and is left out. */
function withoutValues(message: string): string {
  return message.replace(/: ".*$/, '');
}

/** What a sign-up needs to know of the database; null where no trigger of the project's stands on the tables of users. */
async function lookAround(client: pg.Client) {
  const { rows: triggers } = await client.query(
    `select from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     where t.tgrelid in (to_regclass('auth.users'), to_regclass('auth.identities')) and not t.tgisinternal and t.tgenabled in ('O', 'A')
       and n.nspname <> 'auth'`,
  );
  if (triggers.length === 0) return null;
  const columnsOf = async (table: string): Promise<ReadonlySet<string>> => {
    const { rows } = await client.query<{ name: string }>(
      `select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    );
    return new Set(rows.map(({ name }) => name));
  };
  const columns = { users: await columnsOf('auth.users'), identities: await columnsOf('auth.identities') };
  const emptyTables = await tablesWithoutRows(client);
  const { rows: settings } = await client.query<{ setting: string }>(
    `select unnest(s.setconfig) as setting from pg_catalog.pg_db_role_setting s join pg_catalog.pg_roles r on r.oid = s.setrole
     where r.rolname = 'supabase_auth_admin' and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
     order by s.setdatabase`,
  );
  return { columns, emptyTables, settings };
}

/**
 * Signs users up in a copy of the replayed database, as GoTrue does: as supabase_auth_admin with its settings, one case a
 * savepoint. Null where no trigger of the project's stands on auth.users or auth.identities.
 */
export function probeSignUp({ onCopy, signal }: ShadowContext): Promise<Facts['signupProbe']> {
  return onCopy(async (copy) => {
    const found = await inSession(copy, 'postgres', lookAround, { signal });
    if (found === null) return null;
    const { columns, emptyTables, settings } = found;
    return inSession(
      copy,
      'supabase_auth_admin',
      async (client) => {
        for (const { setting } of settings) {
          const [name = '', ...value] = setting.split('=');
          if (name === 'search_path') await client.query('select set_config($1, $2, true)', [name, value.join('=')]);
        }
        const failures: SignUp[] = [];
        const tried: SignUp['case'][] = [];
        for (const entry of CASES) {
          signal?.throwIfAborted();
          // What does not end does not end for others either.
          if (failures.filter(({ sqlstate }) => sqlstate === '57014').length >= MAX_TIMEOUTS) break;
          tried.push(entry.name);
          const failure = await tryCase(client, entry, columns);
          if (failure) failures.push(failure);
        }
        return { tried, cases: failures, emptyTables };
      },
      { signal },
    );
  });
}

/** The project's tables that the migrations leave empty: whoever needs their rows cannot be judged here. */
async function tablesWithoutRows(client: pg.Client): Promise<[string, string][]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname <> all ($1) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`,
    [PLATFORM_SCHEMAS],
  );
  const empty: [string, string][] = [];
  for (const { schema, name } of rows) {
    const { rows: some } = await client.query(`select from ${qualified(schema, name)} limit 1`);
    if (some.length === 0) empty.push([schema, name]);
  }
  return empty;
}
