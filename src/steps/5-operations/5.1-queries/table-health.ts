import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { keyOf, tableRef, userTablesByKey } from '../../lib/tables.ts';

const number = (value: number) => Math.round(value).toLocaleString('en-US');

const BLOCK = 8192;

/**
 * Whether misses mean that the cache is too small. A database that fits is read once after every start of the server, and
 * those reads stay in the statistics.
 */
function outgrowsCache(facts: Pick<Facts, 'volatileDatabase'> & Partial<Pick<Facts, 'settings'>>): boolean {
  const { sizeBytes, blocksRead } = facts.volatileDatabase;
  const buffers = facts.settings?.find(({ name }) => name === 'shared_buffers');
  if (buffers?.unit === '8kB' && sizeBytes <= Number(buffers.setting) * BLOCK) return false;
  return blocksRead * BLOCK > 2 * sizeBytes;
}

export const tableHealth = defineCheck({
  id: 'table-health',
  rev: 2,
  title: 'Larger tables are read by index, vacuumed, analysed and mostly in memory',
  why: 'Without fresh statistics the planner guesses; with dead rows and sequential scans every query reads more than it returns.',
  severity: 'medium',
  source: 'CATALOGUE 5.1 table-health; pg_stat_user_tables, supabase inspect db',
  remedy:
    'ANALYZE and VACUUM what autovacuum missed; index what is scanned; take a larger instance when the cache is too small.',
  falseAlarms:
    'Tables below 10,000 rows are rightly scanned; 100 sequential scans are needed, so that an import or a migration does not count; the hit ratio is judged from 100,000 blocks on, and only where the database is larger than shared_buffers and has been read from disk more than twice over: what is read once after a start is no pressure.',
  matrix: 'Monitoring',
  needs: ['relations', 'tableStats', 'volatileDatabase', 'database'],
  uses: ['settings'],
  parameters: { minRows: 10_000, minScans: 100, deadPercent: 20, minBlocks: 100_000 },
  evaluate({ facts, parameters }) {
    const tables = userTablesByKey(facts.relations);
    const stats = facts.tableStats.filter((row) => tables.get(keyOf(row.schema, row.name))?.kind === 'table');
    const findings: FindingDraft[] = [];
    let looked = 0;
    for (const row of stats) {
      const rows = row.rowEstimate ?? row.liveRows;
      if (Math.max(rows, row.liveRows) < parameters.minRows) continue;
      looked++;
      const name = qualified(row.schema, row.name);
      const report = (rule: string, message: string, detail: string, sql: string | null, command: string | null) =>
        findings.push({
          object: tableRef({ schema: row.schema, name: row.name }),
          message,
          detail,
          fix: { sql, command },
          discriminator: rule,
        });
      if (row.rowEstimate === null) {
        report(
          'analyze',
          `${name} was never analysed: the planner guesses and may choose plans that are slower by orders of magnitude`,
          `${number(row.liveRows)} live rows, and pg_class.reltuples is −1.`,
          `analyze ${name}`,
          null,
        );
      }
      if (
        row.seqScans > row.indexScans &&
        row.seqScans >= parameters.minScans &&
        row.seqRowsRead / row.seqScans > parameters.minRows / 2
      ) {
        report(
          'scan',
          `${name} is read from end to end more often than by index: ${number(row.seqScans)} scans of ${number(rows)} rows`,
          `${number(row.seqScans)} sequential scans read ${number(row.seqRowsRead)} rows; ${number(row.indexScans)} index scans.`,
          null,
          'Find the queries in pg_stat_statements and index what they filter by.',
        );
      }
      const dead = (row.deadRows / Math.max(1, row.liveRows + row.deadRows)) * 100;
      if (dead > parameters.deadPercent && row.deadRows > parameters.minRows) {
        report(
          'dead',
          `${Math.round(dead)}% of the rows of ${name} are dead: autovacuum does not keep up`,
          `${number(row.deadRows)} dead beside ${number(row.liveRows)} live rows.`,
          `vacuum (analyze) ${name}`,
          `alter table ${name} set (autovacuum_vacuum_scale_factor = 0.05)`,
        );
      }
    }
    const { blocksHit, blocksRead } = facts.volatileDatabase;
    const blocks = blocksHit + blocksRead;
    if (blocks > parameters.minBlocks) {
      looked++;
      const ratio = blocksHit / blocks;
      if (ratio < 0.99 && outgrowsCache(facts)) {
        findings.push({
          object: objectRef('database', null, facts.database.name),
          severity: ratio < 0.94 ? 'high' : 'medium',
          message: `only ${(ratio * 100).toFixed(1)}% of the blocks read were in memory: the working set does not fit, and load will hit the disk`,
          detail: `${number(blocksHit)} of ${number(blocks)} blocks came from the cache.`,
          fix: { command: 'Index what is scanned first; then take a larger compute size.' },
          discriminator: 'cache',
        });
      }
    }
    if (looked === 0) return notApplicable(`no table has ${number(parameters.minRows)} rows yet`);
    return evaluated(looked, 'larger table or cache', findings, 'larger tables and caches');
  },
});
