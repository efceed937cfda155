import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts, Relation, Trigger } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { freeName } from '../../lib/foreign-keys.ts';
import { listed } from '../../lib/refs.ts';
import { columnRef, columnsByTable, functionsByName, keyOf, triggersByTable, userTables } from '../../lib/tables.ts';
import { isUpdatedAt, triggerShape, writesNew } from '../time-columns.ts';

const UPDATE_TRIGGER = { before: true, insert: false, update: true, arguments: [] };

/**
 * A trigger function of the project that already sets the column, or SQL that makes one in the table's schema. `idle` are
 * functions that were seen to leave such a column where it was.
 */
function toucher(
  facts: Pick<Facts, 'functions'>,
  idle: ReadonlySet<string>,
  table: Relation,
  column: string,
): { call: string; create: string } {
  const known = facts.functions.find(
    (fn) =>
      !idle.has(keyOf(fn.schema, fn.name)) &&
      fn.trigger === 'trigger' &&
      fn.language === 'plpgsql' &&
      writesNew(fn, column, UPDATE_TRIGGER) === true &&
      fn.name.length < 40 &&
      /updat|modif|touch|timestamp/.test(fn.name),
  );
  if (known) return { call: `${qualified(known.schema, known.name)}()`, create: '' };
  const taken = new Set(facts.functions.filter(({ schema }) => schema === table.schema).map(({ name }) => name));
  const name = qualified(table.schema, freeName(['touch'], column, taken));
  const body = `begin\n  new.${quoteIdent(column)} = now();\n  return new;\nend`;
  return {
    call: `${name}()`,
    create: `create or replace function ${name}() returns trigger language plpgsql set search_path = '' as ${quoteLiteral(body)};\n`,
  };
}

/** Triggers of a table in words that are the same where they do the same. */
function wordsOf(rows: readonly Pick<Trigger, 'name' | 'enabled' | 'internal' | 'definition'>[] = []): string {
  return rows
    .filter(({ internal }) => !internal)
    .map((row) => `${row.name} ${row.enabled} ${row.definition}`)
    .sort()
    .join('\n');
}

export const updatedAtTrigger = defineCheck({
  id: 'updated-at-trigger',
  rev: 2,
  title: 'updated_at moves when the row does',
  why: 'A column that only some writers remember to set is worse than none: sync, caches and audits trust it and miss changes.',
  severity: 'medium',
  source: 'CATALOGUE 2.2e timestamps; PostgreSQL docs, moddatetime',
  remedy: 'Add a BEFORE UPDATE trigger that sets the column (moddatetime, or three lines of PL/pgSQL).',
  falseAlarms:
    'In a copy of the replayed migrations a row is made and changed, and the column watched: what happens there counts. Where no row could be made, and for a table or trigger that the migrations do not know, the trigger’s function is read: any enabled BEFORE UPDATE trigger whose function assigns NEW.updated_at counts, as does one that cannot be read (another language, NEW replaced as a whole); Prisma and Drizzle write the column in the client, which is low, as is code that sends it with each update.',
  item: 'e',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'triggers', 'functions'],
  uses: ['repoMigrations', 'repoCode', 'timestampProbe', 'shadowCatalogue'],
  evaluate({ facts, environment }) {
    const columns = columnsByTable(facts.columns);
    const triggers = triggersByTable(facts.triggers);
    const functions = functionsByName(facts.functions);
    const orm =
      facts.repoMigrations?.tool === 'prisma' || facts.repoMigrations?.tool === 'drizzle'
        ? facts.repoMigrations.tool
        : null;
    const sentByCode = (table: Relation, column: string): boolean =>
      facts.repoCode?.calls.some(
        (call) =>
          call.kind === 'from' &&
          (call.operation === 'update' || call.operation === 'upsert') &&
          call.target.value === table.name &&
          (call.schema ?? 'public') === table.schema &&
          call.columns.some(({ name }) => name === column),
      ) ?? false;
    const probed = new Map(facts.timestampProbe?.map((row) => [keyOf(row.schema, row.table), row]));
    const inShadow = triggersByTable(facts.shadowCatalogue?.triggers ?? []);
    /** True, false: what an UPDATE in the copy did; null: it was not tried, or the live table has other triggers. */
    const behaviour = (table: Relation, column: string): boolean | null => {
      const key = keyOf(table.schema, table.name);
      const row = probed.get(key);
      if (!row || row.reason !== null) return null;
      // Another trigger, or one switched otherwise, does something else.
      if (environment.source === 'live' && wordsOf(triggers.get(key)) !== wordsOf(inShadow.get(key))) return null;
      if (row.moved.includes(column)) return true;
      return row.still.includes(column) ? false : null;
    };
    const idle = new Set(
      userTables(facts.relations).flatMap((table) => {
        const key = keyOf(table.schema, table.name);
        const stays = (columns.get(key) ?? []).some((row) => isUpdatedAt(row) && behaviour(table, row.name) === false);
        return stays ? (triggers.get(key) ?? []).map((row) => keyOf(row.functionSchema, row.function)) : [];
      }),
    );
    let looked = 0;
    let tried = 0;
    const untried = new Map<string, string>();
    const touchers = new Map<string, ReturnType<typeof toucher>>();
    const findings = userTables(facts.relations).flatMap((table): FindingDraft[] => {
      const key = keyOf(table.schema, table.name);
      return (columns.get(key) ?? []).flatMap((column): FindingDraft[] => {
        if (column.generated !== '' || !isUpdatedAt(column)) return [];
        looked++;
        const touched = (triggers.get(key) ?? []).some((trigger) => {
          const shape = triggerShape(trigger);
          if (trigger.internal || trigger.enabled === 'D' || trigger.enabled === 'R' || !shape?.before || !shape.update)
            return false;
          return (
            writesNew(functions.get(keyOf(trigger.functionSchema, trigger.function))?.[0], column.name, shape) !== false
          );
        });
        const moved = behaviour(table, column.name);
        if (moved !== null) tried++;
        else {
          const reason = probed.get(key)?.reason;
          if (reason) untried.set(qualified(table.schema, table.name), reason);
        }
        if (moved ?? touched) return [];
        const writer = orm
          ? `${orm} writes it in the client`
          : sentByCode(table, column.name)
            ? 'the code sends it with its updates'
            : null;
        const name = qualified(table.schema, table.name);
        const object = columnRef(table.schema, table.name, column.name);
        const wanted = keyOf(table.schema, column.name);
        const touch = touchers.get(wanted) ?? toucher(facts, idle, table, column.name);
        touchers.set(wanted, touch);
        const trigger = freeName(['touch'], column.name, new Set((triggers.get(key) ?? []).map((row) => row.name)));
        return [
          {
            object,
            severity: writer ? 'low' : 'medium',
            message: `an UPDATE of ${name} does not move ${quoteIdent(column.name)}: it says when the row was made, not when it changed`,
            detail: `${moved === false ? `Tried in a copy of the schema: changing ${listed(probed.get(key)?.changed ?? [])} left it where it was` : `No enabled BEFORE UPDATE trigger of the table assigns NEW.${column.name}`}${writer ? `; ${writer}, other writers do not` : ''}.`,
            fix: {
              sql: `${touch.create}create trigger ${quoteIdent(trigger)} before update on ${name} for each row execute function ${touch.call}`,
            },
          },
        ];
      });
    });
    const outcome = evaluated(looked, 'updated_at column', findings);
    if (outcome.kind !== 'evaluated' || tried + untried.size === 0) return outcome;
    const [example] = untried;
    const skippedTables = example
      ? `; skipped there: ${counted(untried.size, 'table')}, ${example[0]} because ${example[1]}`
      : '';
    return {
      ...outcome,
      lookedAt: { count: looked, text: `${outcome.lookedAt.text}, ${tried} by an UPDATE in a copy${skippedTables}` },
    };
  },
});
