import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { RISK_RULES } from '../../../core/facts/repository.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { type ObjectRef, objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { pendingMigrations } from '../../lib/migration-files.ts';
import { groupBy, tableRef } from '../../lib/tables.ts';
import { type LiveTables, liveTables } from './live-tables.ts';
import { RULES } from './risk-rules.ts';
import { type RowsOf, rowsOf } from './table-rows.ts';

type Risk = Facts['migrationRisks']['risks'][number];

interface Weight {
  rows: number | null;
  /** Its name before the pending migrations rename it. */
  table: { schema: string; name: string } | null;
}

function baseName(path: string): string {
  // Prisma's files are all named migration.sql; their folder tells them apart.
  const parts = path.split('/');
  return parts.at(-1) === 'migration.sql' ? parts.slice(-2).join('/') : (parts.at(-1) ?? path);
}

function rowsInWords(rows: number | null): string {
  return rows === null ? 'rows unknown' : counted(rows, 'row');
}

export const migrationUnsafe = defineCheck({
  id: 'migration-unsafe',
  rev: 1,
  title: 'No pending migration locks, rewrites or drops what is in use',
  why: 'On a table with many rows these statements stop the product for minutes, or break the release that still runs.',
  severity: 'high',
  aliases: RISK_RULES,
  source:
    'CATALOGUE 3.3 migration-unsafe; squawk’s documented rules (squawkhq.com/docs/rules); PostgreSQL docs, ALTER TABLE, CREATE INDEX and “Explicit Locking”',
  remedy: 'Write the safe form that each finding shows, mostly as two migrations instead of one.',
  falseAlarms:
    'Only pending migrations are judged, and tables that these create themselves never alarm. Below 10,000 rows, or where the rows are unknown, a finding is low. A change of type that rewrites nothing, NOT NULL behind a validated check, a default whose function is not volatile, a new nullable column with a foreign key and objects that the database does not have are left out.',
  needs: ['repoMigrations', 'migrationRisks'],
  uses: [
    'migrationHistory',
    'tableStats',
    'rowCounts',
    'relations',
    'columns',
    'constraints',
    'indexes',
    'functions',
    'roleSettings',
  ],
  parameters: { rows: 10_000 },
  evaluate({ facts, parameters }) {
    const pending = pendingMigrations(facts);
    if (facts.repoMigrations.files.length === 0) return notApplicable('the repository holds no migration');
    if (pending.files.length === 0) return notApplicable('no migration is pending: none can lock anything');
    const paths = new Set(pending.files.map(({ path }) => path));
    const { risks, tables } = facts.migrationRisks;
    const live = liveTables(
      facts,
      tables.filter(({ path }) => paths.has(path)),
      pending.known,
    );
    const rows = rowsOf(facts);
    const heard = risks.filter((risk) => paths.has(risk.path) && live.concerns(risk));
    const findings: FindingDraft[] = [];
    for (const risk of heard.filter(({ rule }) => RULES[rule].kind === 'weighed' || RULES[rule].kind === 'fails')) {
      findings.push(single(risk, weigh(risk, live, rows), parameters.rows));
    }
    const perFile = groupBy(
      heard.filter(({ rule }) => RULES[rule].kind === 'file' || RULES[rule].kind === 'style'),
      ({ path, rule }) => `${rule}\u0000${path}`,
    );
    for (const group of perFile.values()) {
      findings.push(ofFile(group, largest(heard, group, live, rows), parameters.rows));
    }
    return evaluated(pending.files.length, pending.noun, findings, pending.plural);
  },
});

function weigh(risk: Risk, live: LiveTables, rows: RowsOf): Weight {
  const table = live.tableOf(risk);
  return { table, rows: table === null ? null : rows(table.schema, table.name) };
}

/** The largest table that the group names; where it names none, the largest that its file touches. */
function largest(heard: readonly Risk[], group: readonly Risk[], live: LiveTables, rows: RowsOf): Weight {
  const named = group.some(({ table }) => table !== null);
  const candidates = named ? group : heard.filter(({ path }) => path === group[0]?.path);
  return candidates
    .map((risk) => weigh(risk, live, rows))
    .reduce((most, weight) => ((weight.rows ?? -1) > (most.rows ?? -1) ? weight : most), { rows: null, table: null });
}

function objectOf(risk: Risk, table: Weight['table']): ObjectRef {
  if (table === null) return objectRef('file', null, risk.path);
  const ofColumn = /column|field|not-null/.test(risk.rule) && risk.name !== null && !risk.rule.endsWith('key-field');
  return ofColumn ? objectRef('column', table.schema, table.name, { column: risk.name }) : tableRef(table);
}

function single(risk: Risk, weight: Weight, threshold: number): FindingDraft {
  const { kind, follows, instead } = RULES[risk.rule];
  const where = weight.table
    ? ` on ${qualified(weight.table.schema, weight.table.name)} (${rowsInWords(weight.rows)})`
    : '';
  const breaks = kind === 'fails' || (risk.rule === 'adding-required-field' && (weight.rows ?? 0) > 0);
  return {
    object: objectOf(risk, weight.table),
    severity: breaks || (weight.rows ?? 0) >= threshold ? 'high' : 'low',
    message: `${baseName(risk.path)}:${risk.line} ${risk.what}${where}: ${follows}`,
    detail: `Rule ${risk.rule}.${weight.rows === null && kind === 'weighed' ? ' How many rows the table has is unknown, so this is low.' : ''}`,
    fix: { command: risk.rewrite === null ? `${instead}.` : `${instead}:\n${risk.rewrite};` },
    location: { file: risk.path, line: risk.line, column: 1 },
    discriminator: `${risk.rule} ${baseName(risk.path)} ${risk.name ?? ''}`.trim(),
  };
}

function ofFile(group: readonly Risk[], weight: Weight, threshold: number): FindingDraft {
  const [first] = group;
  if (!first) throw new Error('a group has a member');
  const { kind, follows, instead } = RULES[first.rule];
  const more = group.length > 1 ? `, and ${group.length - 1} more` : '';
  const table = first.table === null ? '' : ` on ${qualified(first.schema ?? '', first.table)}`;
  const most =
    kind === 'file' && weight.table
      ? ` The largest table it touches is ${qualified(weight.table.schema, weight.table.name)} (${rowsInWords(weight.rows)}).`
      : '';
  return {
    object: objectRef('file', null, first.path),
    severity: kind === 'file' && (weight.rows ?? 0) >= threshold ? 'high' : 'low',
    message: `${baseName(first.path)}:${first.line} ${first.what}${table}${more}: ${follows}`,
    detail: `Rule ${first.rule}, line ${group
      .slice(0, 8)
      .map(({ line }) => line)
      .join(', ')}${group.length > 8 ? ' …' : ''}.${most}`,
    fix: { command: kind === 'file' && first.rewrite ? `${instead}:\n${first.rewrite};` : `${instead}.` },
    location: { file: first.path, line: first.line, column: 1 },
    discriminator: first.rule,
  };
}
