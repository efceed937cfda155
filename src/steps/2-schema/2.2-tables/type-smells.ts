import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Column, Facts, Row } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { perText } from '../../lib/memo.ts';
import {
  columnsByTable,
  constraintsByTable,
  keyOf,
  singular,
  statsByTable,
  userTablesByKey,
  words,
} from '../../lib/tables.ts';

const MONEY_WORDS = new Set([
  'amount',
  'price',
  'balance',
  'subtotal',
  'cost',
  'fee',
  'salary',
  'revenue',
  'payment',
  'payout',
  'refund',
  'tax',
]);
/** Words that turn a money word into a ratio or a measure, which may well be floating. */
const RATIO_WORDS = new Set([
  'rate',
  'ratio',
  'percent',
  'percentage',
  'pct',
  'factor',
  'score',
  'weight',
  'multiplier',
  'probability',
  'estimate',
  'avg',
  'average',
  'index',
]);
const WALL_CLOCK = new Set(['local', 'wall', 'naive']);

function isMoney(column: string): boolean {
  const parts = words(column);
  if (parts.some((part) => RATIO_WORDS.has(part))) return false;
  return parts.some((part) => MONEY_WORDS.has(singular(part))) || ['total', 'grand_total'].includes(parts.join('_'));
}

interface Smell {
  rule: string;
  severity: 'high' | 'medium' | 'low';
  message: string;
  detail: string;
  sql: string | null;
  command?: string;
}

interface Surroundings {
  /** `sequences` row that feeds the column by default, if any. */
  sequence: Row<'sequences'> | undefined;
  stats: Row<'columnStats'> | undefined;
  rows: number;
  /** A check, foreign key, primary key or unique constraint names the column. */
  constrained: boolean;
  prisma: boolean;
}

/** Types that some rule speaks about, by how they begin; the uuid and timestamptz columns of a large schema are passed over at once. */
const SPOKEN_OF = /^(real|double|money|timestamp.*without|character|json$|smallint|integer|bigint|text)/;
const isSpokenOf = perText((type) => SPOKEN_OF.test(type));

function smellOf(column: Column, around: Surroundings): Smell | null {
  const table = qualified(column.schema, column.relation);
  const name = quoteIdent(column.name);
  const full = `${table}.${name}`;
  const retype = (type: string, using: string) =>
    `alter table ${table} alter column ${name} type ${type} using ${using}`;
  const { type } = column;
  if (column.generated !== '') return null;
  if (
    (type === 'real' || type === 'double precision' || type === 'money') &&
    (type === 'money' || isMoney(column.name))
  ) {
    return {
      rule: 'money',
      severity: 'high',
      message:
        type === 'money'
          ? `${full} is of type money, whose meaning changes with the server’s lc_monetary: amounts can silently change currency and scale`
          : `${full} keeps money as ${type}: sums are off by fractions, and equal amounts compare as different`,
      detail:
        type === 'money'
          ? 'Its type is money.'
          : `Its type is ${type}; binary floating point cannot hold 0.10 exactly.`,
      sql: retype('numeric', `${name}::numeric`),
    };
  }
  if (/^timestamp(\(\d\))? without time zone$/.test(type) && !words(column.name).some((word) => WALL_CLOCK.has(word))) {
    return {
      rule: 'timestamp',
      severity: around.prisma ? 'low' : 'medium',
      message: `${full} is a timestamp without time zone: the same moment reads differently for clients in different zones`,
      detail: around.prisma
        ? `Its type is ${type}; Prisma writes UTC into it, other clients may not.`
        : `Its type is ${type}.`,
      sql: retype('timestamptz', `${name} at time zone 'UTC'`),
    };
  }
  const length = /^character\((\d+)\)$/.exec(type)?.[1];
  if (length && Number(length) > 3) {
    return {
      rule: 'char',
      severity: 'low',
      message: `${full} is ${type}: shorter values are padded with blanks, which breaks comparisons in clients`,
      detail: `Its type is ${type}.`,
      sql: retype('text', `${name}::text`),
    };
  }
  if (type === 'json') {
    return {
      rule: 'json',
      severity: 'low',
      message: `${full} is json: it cannot be indexed or compared, and every read parses it again`,
      detail: 'Its type is json, kept as text.',
      sql: retype('jsonb', `${name}::jsonb`),
    };
  }
  const { sequence } = around;
  if (sequence && column.identity === '' && /^(small|big)?int(eger)?$/.test(type)) {
    return {
      rule: 'serial',
      severity: 'low',
      message: `${full} is a serial: anybody allowed to insert may write any number into it and later inserts then collide`,
      detail: `Its default is nextval of the sequence ${qualified(sequence.schema, sequence.name)}.`,
      sql: [
        `alter table ${table} alter column ${name} drop default`,
        `drop sequence ${qualified(sequence.schema, sequence.name)}`,
        `alter table ${table} alter column ${name} set not null`,
        `alter table ${table} alter column ${name} add generated by default as identity`,
        `select setval(pg_get_serial_sequence(${quoteLiteral(table)}, ${quoteLiteral(column.name)}), coalesce(max(${name}), 0) + 1, false) from ${table}`,
      ].join(';\n'),
    };
  }
  const { stats } = around;
  const textual = type === 'text' || type.startsWith('character varying');
  if (textual && stats && around.rows >= 1000 && stats.distinct >= 2 && stats.distinct <= 20 && !around.constrained) {
    return {
      rule: 'few-values',
      severity: 'low',
      message: `${full} holds only ${stats.distinct} different values, but accepts any text: a typing error becomes a new state`,
      detail: `Statistics: ${stats.distinct} different values in about ${around.rows.toLocaleString('en-US')} rows; no check constraint or foreign key names the column.`,
      sql: null,
      command: `Add “check (${name} in (…)) not valid” and validate it, or reference a lookup table.`,
    };
  }
  return null;
}

export const typeSmells = defineCheck({
  id: 'type-smells',
  rev: 1,
  title: 'Column types fit what they hold',
  why: 'A wrong type loses money or moments without an error, and is far cheaper to change before there are rows.',
  severity: 'medium',
  aliases: ['prefer-timestamptz', 'ban-char-field', 'prefer-identity', 'prefer-jsonb'],
  source: 'CATALOGUE 2.2b type-smells; PostgreSQL wiki, “Don’t Do This”; squawk rules of the same names',
  remedy:
    'Change the type with the SQL shown. It rewrites the table under an exclusive lock: do it before launch, or in a maintenance window.',
  falseAlarms:
    'Rates, scores and ratios may be floating; fixed codes of up to three characters (country, currency) may be char; columns named …_local hold wall-clock time on purpose; Prisma’s timestamps are UTC by its convention and only low.',
  item: 'b',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'constraints', 'sequences'],
  uses: ['columnStats', 'tableStats', 'repoMigrations'],
  evaluate({ facts }) {
    const tables = userTablesByKey(facts.relations);
    const around = surroundings(facts);
    const columns = [...tables.keys()].flatMap((key) => columnsByTable(facts.columns).get(key) ?? []);
    const findings = columns.flatMap((column): FindingDraft[] => {
      if (!isSpokenOf(column.type)) return [];
      const known = around(column);
      // Text is only judged by its statistics, a number only by the sequence behind it.
      if ((column.type === 'text' && !known.stats) || (/int/.test(column.type) && !known.sequence)) return [];
      const smell = smellOf(column, known);
      if (!smell) return [];
      const object = objectRef('column', column.schema, column.relation, { column: column.name });
      return [
        {
          object,
          severity: smell.severity,
          message: smell.message,
          detail: smell.detail,
          fix: { sql: smell.sql, command: smell.command ?? null },
          discriminator: smell.rule,
        },
      ];
    });
    return evaluated(columns.length, 'column', findings);
  },
});

type Needed = Pick<Facts, 'constraints' | 'sequences'> &
  Partial<Pick<Facts, 'columnStats' | 'tableStats' | 'repoMigrations'>>;

function surroundings(facts: Needed): (column: Column) => Surroundings {
  const columnKey = (schema: string, table: string, column: string) => `${keyOf(schema, table)}\u0000${column}`;
  const stats = new Map(facts.columnStats?.map((row) => [columnKey(row.schema, row.table, row.column), row]));
  const measured = facts.tableStats ? statsByTable(facts.tableStats) : null;
  const constraints = constraintsByTable(facts.constraints);
  const sequences = new Map<string, Row<'sequences'>>();
  for (const sequence of facts.sequences) {
    if (sequence.column)
      sequences.set(columnKey(sequence.column.schema, sequence.column.table, sequence.column.column), sequence);
  }
  const prisma = facts.repoMigrations?.tool === 'prisma';
  return (column) => {
    const table = keyOf(column.schema, column.relation);
    const key = `${table}\u0000${column.name}`;
    return {
      sequence: sequences.get(key),
      stats: stats.get(key),
      rows: measured?.get(table)?.rowEstimate ?? 0,
      constrained: (constraints.get(table) ?? []).some(({ columns }) => columns.includes(column.name)),
      prisma,
    };
  };
}
