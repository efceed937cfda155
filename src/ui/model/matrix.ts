import { MATRIX_COLUMNS } from '../../core/check.ts';
import type { MatrixCell, MatrixRow } from '../../core/matrix.ts';
import { qualified } from '../../core/text.ts';
import type { AuditView } from '../../engine/controller.ts';
import { unapprovedSignOff } from '../key-rules.ts';
import type { Tone } from '../theme.ts';
import { column, type Line, paragraph, span } from './line.ts';

const CELL_TONES: Readonly<Record<MatrixCell, Tone>> = { '✔': 'ok', '✖': 'bad', '–': 'muted' };
const SHORT: Readonly<Record<string, string>> = {
  Schema: 'Sch',
  RLS: 'RLS',
  Indexes: 'Idx',
  Seed: 'Seed',
  Monitoring: 'Mon',
};

function columnWidths(width: number): { name: number; cells: number[]; titles: string[] } {
  const wide = width >= 70;
  const titles = MATRIX_COLUMNS.map((title) => (wide ? title : (SHORT[title] ?? title)));
  const cells = titles.map((title) => title.length + 2);
  const used = cells.reduce((sum, one) => sum + one, 0);
  return { name: Math.max(10, Math.min(48, width - used - 4)), cells, titles };
}

/** Heading of the matrix: table, then the five columns. */
export function matrixHead(width: number): Line {
  const { name, cells, titles } = columnWidths(width);
  return [
    column(' Table', name + 3, 'strong'),
    ...titles.map((title, index) => column(title, cells[index] ?? 8, 'strong')),
  ];
}

/** A table's row: ✔ holds, ✖ finding, – not judged. */
export function matrixLine(row: MatrixRow, environments: boolean, width: number): Line {
  const { name, cells } = columnWidths(width);
  const label = qualified(row.schema, row.table) + (environments ? ` [${row.environment}]` : '');
  return [
    span('   '),
    column(label, name),
    ...MATRIX_COLUMNS.map((title, index) => column(row[title], cells[index] ?? 8, CELL_TONES[row[title]])),
  ];
}

/** The decision and what it rests on. */
export function decisionLines(view: AuditView, width: number): Line[] {
  const { decision, blocking, signed, next } = view.gate;
  const lines: Line[] = [];
  if (decision === 'blocked') {
    const list = blocking.slice(0, 8).join(', ') + (blocking.length > 8 ? ` and ${blocking.length - 8} more` : '');
    lines.push([span(' ✖ blocked', 'bad'), span(`   not satisfied: ${list}`)]);
  } else {
    const waivers = view.state.waivers.length;
    const words = decision === 'ready' ? 'ready' : `ready with waivers (${waivers} in force)`;
    lines.push([span(` ✔ ${words}`, 'ok')]);
  }
  if (signed)
    lines.push(...paragraph(`signed as ${signed.decision} by ${signed.by} at ${signed.at}`, width - 2, { indent: 1 }));
  if (unapprovedSignOff(view.gate) !== null && next)
    lines.push(...paragraph(next.message, width - 2, { indent: 1, tone: 'warn' }));
  return lines;
}
