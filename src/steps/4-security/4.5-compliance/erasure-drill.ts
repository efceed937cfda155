import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { relationNamed } from '../../lib/exposure.ts';
import { constraintRef, freeName, userForeignKeys } from '../../lib/foreign-keys.ts';
import { triggerEvents } from '../../lib/guards.ts';
import { listed } from '../../lib/refs.ts';
import { clearedBySchedule } from '../../lib/scheduled.ts';
import { callsIn, functionsNamed, functionTree, throughFunctions } from '../../lib/sql-tree.ts';
import { columnNamed, columnRef, constraintsByTable, keyOf, primaryKeyOf, tableRef } from '../../lib/tables.ts';

type Probe = Facts['erasureProbe'];
type Left = Probe['left'][number];
type Refusal = Probe['refused'][number];
type Judged = Pick<
  Facts,
  'erasureProbe' | 'relations' | 'columns' | 'constraints' | 'functions' | 'triggers' | 'cronJobs'
> &
  Partial<Pick<Facts, 'declared' | 'repoCode'>>;

const DOCS = 'https://supabase.com/docs/guides/auth/managing-user-data#deleting-users';
const STORAGE_DOCS = 'https://supabase.com/docs/guides/storage/management/delete-objects';
const WRITES = new Set(['delete', 'update', 'upsert', 'remove']);

/** What code does in the files that delete users: `from table` and `storage bucket`, as far as arguments can be told. */
function clearedByCode(code: Facts['repoCode'] | undefined): ReadonlySet<string> {
  const files = new Set(code?.marks.flatMap(({ name, path }) => (name === 'admin-delete-user' ? [path] : [])));
  return new Set(
    code?.calls.flatMap(({ kind, path, operation, schema, target }) =>
      files.has(path) && WRITES.has(operation) && (kind === 'from' || kind === 'storage')
        ? [kind === 'storage' ? `storage/${target.value ?? ''}` : `${schema ?? 'public'}.${target.value ?? ''}`]
        : [],
    ),
  );
}

const nameOf = ({ schema, table, bucket }: Left) => (bucket === null ? `${schema}.${table}` : `storage/${bucket}`);

/** Columns of foreign keys that refused the deletion: that is a finding of its own. */
function refusing(facts: Judged): ReadonlySet<string> {
  return new Set(
    facts.erasureProbe.refused.flatMap(({ schema, table, constraint, column }) => {
      const key = constraintsByTable(facts.constraints)
        .get(keyOf(schema, table))
        ?.find(({ name }) => name === constraint);
      return [...(key?.columns ?? []), ...(column === null ? [] : [column])].map((name) =>
        [schema, table, name].join('\u0000'),
      );
    }),
  );
}

/** A trigger of the project's calls out over HTTP when rows go: what that removes (files, usually) cannot be tried here. */
function callsOutOnDelete({ triggers, functions }: Judged): boolean {
  return triggers.some((trigger) => {
    if (trigger.internal || trigger.platform || !triggerEvents(trigger).delete) return false;
    return functionsNamed(functions, trigger.function)
      .filter((fn) => fn.schema === trigger.functionSchema)
      .some((fn) =>
        throughFunctions(functionTree(fn).body ?? [], functions).some(({ tree }) =>
          callsIn(tree).some(({ name }) => /^http(_|$)/.test(name)),
        ),
      );
  });
}

/** Columns that only follow a row which was itself left: with that row they go, or lose it. */
function followers(facts: Judged, left: readonly Left[]): ReadonlySet<string> {
  const rows = new Set(left.map(({ schema, table }) => keyOf(schema, table)));
  return new Set(
    userForeignKeys(facts.constraints).flatMap(({ schema, table, columns, references }) =>
      rows.has(keyOf(references.schema, references.table)) &&
      (references.schema !== schema || references.table !== table)
        ? columns.map((name) => [schema, table, name].join('\u0000'))
        : [],
    ),
  );
}

function refusalFinding(facts: Judged, { schema, table, constraint, column, sqlstate, by }: Refusal): FindingDraft {
  const name = qualified(schema, table);
  if (by !== null || table === '')
    return {
      object: objectRef('table', 'auth', 'users'),
      // A RAISE may well be meant: the project then has another way to erase somebody.
      severity: sqlstate === 'P0001' ? 'medium' : 'high',
      message: `a user cannot be deleted: ${by === null ? 'PostgreSQL' : `the function ${by}`} refuses it (${sqlstate})`,
      detail: 'Tried in a copy of the schema as supabase_auth_admin, with rows of the user in every table.',
      fix: { command: 'let the triggers on the way of the deletion pass, or run as SECURITY DEFINER', url: DOCS },
      discriminator: 'delete',
    };
  const key = userForeignKeys(facts.constraints).find(
    (row) => row.schema === schema && row.table === table && row.name === constraint,
  );
  return {
    object: key
      ? constraintRef(key)
      : column === null
        ? objectRef('table', schema, table)
        : columnRef(schema, table, column),
    message: key
      ? `a user with rows in ${name} cannot be deleted, and nothing of theirs is erased: the foreign key ${quoteIdent(key.name)} refuses it`
      : `a user with rows in ${name} cannot be deleted, and nothing of theirs is erased: ${column === null ? 'a rule of the table' : `${quoteIdent(column)} may not be NULL and`} refuses it`,
    detail: `Tried in a copy of the schema as supabase_auth_admin: ${sqlstate}.`,
    fix: {
      command: 'ON DELETE CASCADE for what goes with the user; ON DELETE SET NULL and a nullable column for what stays',
      url: DOCS,
    },
    discriminator: 'delete',
  };
}

/** A foreign key to auth.users for a column that should have had one: the rows then go, or lose their user. */
function keyFix(facts: Judged, { schema, table, columns }: Left): string | null {
  const [held] = columns;
  if (columns.length !== 1 || held?.holds !== 'id') return null;
  const column = columnNamed(facts.columns, schema, table, held.name);
  if (column?.type !== 'uuid' || column.generated !== '') return null;
  const own = constraintsByTable(facts.constraints).get(keyOf(schema, table)) ?? [];
  if (own.some(({ type, columns: names }) => type === 'f' && names.includes(held.name))) return null;
  const required = column.notNull || primaryKeyOf(facts.constraints, schema, table).includes(held.name);
  const name = quoteIdent(freeName([table, held.name], 'fkey', new Set(own.map((row) => row.name))));
  return `alter table ${qualified(schema, table)} add constraint ${name} foreign key (${quoteIdent(held.name)}) references auth.users (id) on delete ${required ? 'cascade' : 'set null'} not valid;\nalter table ${qualified(schema, table)} validate constraint ${name}`;
}

function leftFinding(facts: Judged, left: Left): FindingDraft {
  const { schema, table, bucket, columns } = left;
  const way = facts.erasureProbe.way === 'admin' ? 'the deletion of the account' : facts.erasureProbe.way;
  const ids = columns.some(({ holds }) => holds !== 'e-mail');
  const mails = columns.some(({ holds }) => holds !== 'id');
  const what = `${ids ? 'the user’s id' : ''}${ids && mails ? ' and ' : ''}${mails ? `${ids ? '' : 'the user’s '}e-mail address` : ''}`;
  if (bucket !== null) {
    const unsure = callsOutOnDelete(facts);
    return {
      object: objectRef('bucket', null, bucket),
      severity: unsure ? 'low' : 'high',
      message: unsure
        ? `files of a deleted user may stay in the bucket ${bucket}: whether the HTTP calls of your triggers remove them could not be tried`
        : `files of a deleted user stay in the bucket ${bucket}: ${way} leaves them there`,
      detail: `Tried in a copy of the schema; ${what} is still in ${listed(columns.map(({ name }) => name))} of storage.objects. The file itself is removed by the Storage API alone.`,
      fix: {
        command: `in the server code that calls auth.admin.deleteUser(), first list the user’s files and storage.from('${bucket}').remove(…) them`,
        url: STORAGE_DOCS,
      },
    };
  }
  const sql = keyFix(facts, left);
  return {
    object: tableRef({ schema, name: table }),
    message: `${what} of somebody who deleted their account stays in ${qualified(schema, table)} (${listed(columns.map(({ name }) => name))})`,
    detail: `Tried in a copy of the schema: ${way} leaves the row as it is, and neither a scheduled job nor declared.retention answers for it.`,
    fix: sql
      ? { sql, url: DOCS }
      : {
          command: `delete or blank it in a BEFORE DELETE trigger on auth.users, or say in supaready.config.json why and how long it stays: "declared": {"retention": {"${schema}.${table}": "…"}}`,
          url: DOCS,
        },
  };
}

export const erasureDrill = defineCheck({
  id: 'erasure-drill',
  rev: 1,
  title: 'Nothing of a deleted user is left behind',
  why: 'Whoever asks for erasure is told that it is done: an address in a log table or a picture in a bucket makes that untrue, and nobody finds it later without the user’s id.',
  severity: 'high',
  source: 'CATALOGUE 4.5 erasure-drill; GDPR Art. 17 and 5(1)(e); Supabase docs, “Managing user data”',
  remedy:
    'Let foreign keys to auth.users cascade or set NULL, blank what must outlive the account, and remove files through the Storage API before the user.',
  falseAlarms:
    'Silent for what a scheduled job deletes from or overwrites, what declared.retention names (tax law, audit), and tables and buckets that the code clears where it deletes the user. Where the project has a function by which users delete themselves, the way that leaves least counts; where a trigger raises by itself it is medium. Buckets users cannot write to are left out; where a trigger calls out over HTTP on deletion, files that stay are low.',
  needs: ['erasureProbe', 'relations', 'columns', 'constraints', 'functions', 'triggers', 'cronJobs'],
  uses: ['declared', 'repoCode'],
  evaluate({ facts }) {
    const { erasureProbe: probe } = facts;
    const scheduled = clearedBySchedule(facts);
    const byCode = clearedByCode(facts.repoCode);
    const refusals = refusing(facts);
    const follow = followers(facts, probe.left);
    const left = probe.left.flatMap((entry): Left[] => {
      const name = nameOf(entry);
      if (facts.declared?.retention[name] !== undefined || byCode.has(name)) return [];
      if (entry.bucket === null) {
        // A table that only the migrations know is drift; what stays in it in the copy is nobody's data.
        if (!relationNamed(facts, entry.schema, entry.table) || scheduled.has(entry.table)) return [];
      }
      const columns = entry.columns.filter(({ name: column }) => {
        const key = [entry.schema, entry.table, column].join('\u0000');
        return !refusals.has(key) && !follow.has(key);
      });
      return columns.length === 0 ? [] : [{ ...entry, columns }];
    });
    const outcome = evaluated(
      probe.held,
      'place with data of a user',
      [
        ...probe.refused.map((refusal) => refusalFinding(facts, refusal)),
        ...left.map((entry) => leftFinding(facts, entry)),
      ],
      'places with data of a user',
    );
    const [example] = probe.untried;
    if (outcome.kind !== 'evaluated' || !example) return outcome;
    return {
      ...outcome,
      lookedAt: {
        count: probe.held,
        text: `${outcome.lookedAt.text}; not in ${counted(probe.untried.length, 'table')}, ${qualified(example.schema, example.table)} because ${example.reason}`,
      },
    };
  },
});
