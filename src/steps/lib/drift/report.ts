import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject, type ObjectRef } from '../../../core/object.ts';
import type { Difference } from './model.ts';

const INLINE = 90;
const DETAIL = 1200;

function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

function inline(text: string | null): string {
  return text === null ? 'none' : clipped(text.replace(/\s+/g, ' ').trim(), INLINE);
}

/** `table public.orders`, `policy "own" on public.orders`. */
export function named(object: ObjectRef): string {
  const described = describeObject(object);
  return described.startsWith(`${object.kind} `) ? described : `${object.kind} ${described}`;
}

/** Where two texts of several lines part. */
function firstDifference(live: string, migrations: string): string | null {
  const [a, b] = [live.split('\n'), migrations.split('\n')];
  if (a.length < 3 && b.length < 3) return null;
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at === -1 ? a.length : at;
  const show = (text: string | undefined) => (text === undefined ? 'ends here' : clipped(text.trim(), 160));
  return `First difference in line ${line + 1}. live: ${show(a[line])} | migrations: ${show(b[line])}`;
}

/** Kinds that hold rows or files of the project: dropping one takes what nobody can make again. */
const HOLDERS = new Set(['table', 'partitioned table', 'column', 'schema', 'bucket']);

function takesRows(kind: string, aspect: string): boolean {
  return aspect === 'extra' && HOLDERS.has(kind);
}

function message({ object, aspect, shown, follows }: Difference): string {
  const name = named(object);
  if (aspect === 'missing')
    return `the migrations make ${name}, and the live database does not have it: what relies on it fails here`;
  if (aspect === 'extra')
    return `${name} is in the live database, and the migrations do not make it: a database built from them will not have it`;
  const end = follows === null ? '' : `: ${follows}`;
  if (aspect === 'name') return `${name} is called ${shown.migrations} in the migrations${end}`;
  const what = object.kind === aspect ? '' : ` in its ${aspect}`;
  return `${name} differs from the migrations${what} (live: ${inline(shown.live)}; migrations: ${inline(shown.migrations)})${end}`;
}

function detail({ object, aspect, shown }: Difference): string {
  if (takesRows(object.kind, aspect))
    return 'It is in the catalogue of the live database and not in that of a database built from the migrations. What it holds is in no migration either, so no fix is offered that drops it.';
  if (aspect === 'extra' && object.kind === 'role')
    return 'It is on the live server and the migrations do not make it. The fix hands what it owns on to the role that runs the migrations, and takes back what it is granted in this database together with policies that are for it alone; where it holds something in another database of the server, do the same there before DROP ROLE.';
  if (aspect === 'extra' || aspect === 'missing')
    return 'The catalogue of the live database was compared with that of a database built from the migrations.';
  const part = shown.live !== null && shown.migrations !== null ? firstDifference(shown.live, shown.migrations) : null;
  return (
    part ?? `live: ${clipped(shown.live ?? 'none', DETAIL)}; migrations: ${clipped(shown.migrations ?? 'none', DETAIL)}`
  );
}

/** Statements with a text in them that the redactor took out would write its mark into the database. */
function script(statements: readonly string[]): string | null {
  if (statements.length === 0 || statements.some((statement) => statement.includes('[REDACTED:'))) return null;
  return statements.join(';\n');
}

/** Aspects that other statements than the one that made the object decide, as core/facts/origin.ts calls them. */
const DECIDED_BY: Readonly<Record<string, string>> = {
  'row level security': 'rls',
  'forced row level security': 'force rls',
  owner: 'owner',
  'security options': 'options',
  'storage parameters': 'options',
  'replica identity': 'replica identity',
  'NOT NULL': 'not null',
  default: 'default',
  'generation expression': 'generated',
  search_path: 'settings',
  settings: 'settings',
  security: 'security',
  state: 'enabled',
  validation: 'validated',
  comment: 'comment',
  version: 'version',
  schema: 'schema',
  grants: 'grants',
};

/** A difference as a finding; the engine adds the statement of the migrations that decided it. */
export function findingOf(difference: Difference): FindingDraft {
  const { object, aspect, severity, fix, migration } = difference;
  const drop = script(fix);
  const holder = takesRows(object.kind, aspect);
  const sql = holder ? null : drop;
  return {
    object,
    severity,
    message: message(difference),
    detail: detail(difference),
    fix: {
      sql,
      migration: script(migration),
      ...(holder && {
        command: `Write it down: supaready fix --migration. Only if nobody needs what it holds, take it away: ${drop ?? 'by hand'}`,
      }),
      ...(drop === null && {
        command: [...fix, ...migration].some((statement) => statement.includes('[REDACTED:'))
          ? 'It holds a secret, which is not shown: change it by hand, and keep the secret in Vault.'
          : 'PostgreSQL cannot change this in place: make the object anew and move what it holds over.',
      }),
    },
    ...(DECIDED_BY[aspect] !== undefined && { aspect: DECIDED_BY[aspect] }),
    discriminator: aspect,
  };
}
