import {
  type Check,
  type Checkpoint,
  defineCheck,
  evaluated,
  MATRIX_COLUMNS,
  type MatrixColumn,
  skipped,
} from '../../core/check.ts';
import type { Facts } from '../../core/facts.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { objectRef } from '../../core/object.ts';
import { blocks, compareSeverity, type Severity } from '../../core/severity.ts';
import { counted, qualified } from '../../core/text.ts';
import { listed } from '../lib/refs.ts';
import { keyOf, tableRef, userTables } from '../lib/tables.ts';

type Result = Facts['auditResults']['results'][number];

interface Open {
  severity: Severity;
  columns: Set<MatrixColumn>;
  count: number;
}

/** Open findings that hold a table back, by table. */
function openByTable(results: readonly Result[]): Map<string, Open> {
  const tables = new Map<string, Open>();
  for (const { matrix, findings } of results) {
    if (matrix === null) continue;
    for (const finding of findings) {
      if (finding.state !== 'open' || !blocks(finding.severity) || finding.table === null) continue;
      const key = keyOf(...finding.table);
      const before = tables.get(key) ?? { severity: finding.severity, columns: new Set<MatrixColumn>(), count: 0 };
      before.columns.add(matrix);
      before.count++;
      if (compareSeverity(finding.severity, before.severity) < 0) before.severity = finding.severity;
      tables.set(key, before);
    }
  }
  return tables;
}

interface Gap {
  severity: Severity;
  words: string;
}

/** Why a column of the matrix cannot be ✔ for any table, or null. A gap that a person stands in for is only listed. */
function gapOf(column: MatrixColumn, results: readonly Result[]): Gap | null {
  const checks = results.filter((result) => result.matrix === column && result.status !== 'not-applicable');
  if (checks.length === 0) return { severity: 'medium', words: 'no check of it has run, so nothing is known about it' };
  const broken = checks.filter((result) => result.status === 'skipped' || result.status === 'error');
  if (broken.length === 0) return null;
  const alone = broken.filter((result) => result.attested !== true);
  const named = listed(
    (alone.length > 0 ? alone : broken).map((result) => result.check),
    5,
  );
  return alone.length > 0
    ? {
        severity: 'medium',
        words: `${counted(alone.length, 'check')} could not run (${named}), so it is not known to hold`,
      }
    : {
        severity: 'info',
        words: `${counted(broken.length, 'check')} could not run (${named}); a person looked instead and attached evidence`,
      };
}

const tableMatrix = defineCheck({
  id: 'table-matrix',
  rev: 2,
  title: 'Every table is ✔ for schema, row level security, indexes, seed and monitoring',
  why: 'The matrix is what the owner signs: a ✖ is a known defect under a signature, a – something nobody looked at.',
  severity: 'blocker',
  source: 'CATALOGUE 7.1: the worst child decides; ✔ only if at least one check ran and none was skipped',
  remedy: 'Mend, waive or acknowledge the findings of the table; give what the skipped checks need and run them.',
  falseAlarms:
    'Waived and acknowledged findings, and findings of low or info, do not count. A check that does not apply leaves no gap; one that a person stands in for, with evidence, leaves a gap that is only listed.',
  needs: ['auditResults', 'relations'],
  evaluate({ facts, environment }) {
    const results = facts.auditResults.results.filter((result) => result.environment === environment.name);
    if (results.length === 0) return skipped('nothing has been checked yet: run sections 1 to 6 first');
    const tables = userTables(facts.relations);
    const open = openByTable(results);
    const findings: FindingDraft[] = [];
    for (const table of tables) {
      const worst = open.get(keyOf(table.schema, table.name));
      if (!worst) continue;
      const columns = MATRIX_COLUMNS.filter((column) => worst.columns.has(column));
      findings.push({
        object: tableRef(table),
        severity: worst.severity,
        message: `${qualified(table.schema, table.name)} is ✖ for ${listed(columns)}: ${counted(worst.count, 'open finding')}, the worst of them ${worst.severity}`,
        detail: 'the worst open finding of each column decides its cell',
        fix: { command: 'open the findings of this table and mend, waive or acknowledge each' },
      });
    }
    for (const column of MATRIX_COLUMNS) {
      const gap = tables.length > 0 ? gapOf(column, results) : null;
      if (gap === null) continue;
      findings.push({
        object: objectRef('matrix column', null, column),
        severity: gap.severity,
        message: `${column} is – for all ${counted(tables.length, 'table')}: ${gap.words}`,
        detail: 'a skipped check is never green',
        fix: {
          command:
            'give what the checks need (their reason says what) and run them again, look by hand and attest it with evidence, or acknowledge the gap',
        },
      });
    }
    return evaluated(tables.length, 'table', findings);
  },
});

export const checkpoint: Checkpoint<Check> = {
  id: '7.1',
  title: 'Every table is green in the matrix',
  intent:
    'Tables down, Schema, RLS, Indexes, Seed and Monitoring across: one page that shows what is known of each table, and what is not.',
  source: 'CATALOGUE 7.1',
  checks: [tableMatrix],
  attestations: [
    {
      id: 'matrix-reviewed',
      question: 'Has the owner of the data gone through the matrix table by table?',
      hint: 'Say who, and on which date.',
      kind: 'text',
      required: true,
      evidence: 'none',
    },
  ],
};
