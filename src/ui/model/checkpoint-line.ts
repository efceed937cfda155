import type { CheckpointRow } from './checkpoint.ts';
import { between, column, type Line, paragraph, span } from './line.ts';
import { checkMark, findingMark, questionMark } from './words.ts';

export interface RowContext {
  width: number;
  /** More than one environment: say which. */
  environments: boolean;
  /** Fingerprints the latest run brought. */
  appeared: ReadonlySet<string>;
  /** Cells of the longest check id, so that columns line up. */
  idWidth: number;
}

function pointer(selected: boolean) {
  return selected ? span(' ▸ ', 'accent') : span('   ');
}

function place(environment: string, context: RowContext): string {
  return context.environments ? ` [${environment}]` : '';
}

function checkLine(row: Extract<CheckpointRow, { kind: 'check' }>, selected: boolean, context: RowContext): Line {
  const { check } = row;
  const mark = checkMark(check);
  const label = `${check.id}${place(check.environment, context)}`;
  const left: Line = [
    pointer(selected),
    span(`${mark.glyph} `, mark.tone),
    column(label, context.idWidth, selected ? 'strong' : undefined),
    span('  '),
    span(mark.words, check.status === 'pass' && check.stale === null ? 'muted' : mark.tone),
  ];
  return context.width >= 110 && row.title !== ''
    ? between(left, [span(`  ${row.title} `, 'muted')], context.width)
    : between(left, [], context.width);
}

function findingLines(
  row: Extract<CheckpointRow, { kind: 'finding' }>,
  selected: boolean,
  context: RowContext,
): Line[] {
  const { finding } = row;
  const mark = findingMark(finding);
  const objectWidth = Math.max(12, Math.min(40, Math.floor(context.width * 0.36)));
  const fresh = context.appeared.has(finding.fingerprint) ? 'new: ' : '';
  const line = between(
    [
      pointer(selected),
      span(`${mark.glyph} `, mark.tone),
      column(mark.words, context.width >= 60 ? 8 : 4, mark.tone),
      span(' '),
      column(`${row.object}${place(finding.environment, context)}`, objectWidth, selected ? 'strong' : undefined),
      span('  '),
      span(`${fresh}${finding.message}`),
    ],
    [],
    context.width,
  );
  if (!selected || finding.detail === null) return [line];
  const [detail] = paragraph(finding.detail, 10_000, { tone: 'muted' });
  return [line, between([span('       '), ...(detail ?? []).slice(1)], [], context.width)];
}

/** A row as it is drawn: one line, and a second with how we know below the finding under the cursor. */
export function checkpointLines(row: CheckpointRow, selected: boolean, context: RowContext): Line[] {
  switch (row.kind) {
    case 'heading':
      return [[span(` ${row.text}`, 'strong')]];
    case 'check':
      return [checkLine(row, selected, context)];
    case 'finding':
      return findingLines(row, selected, context);
    case 'question': {
      const mark = questionMark(row.question);
      const left = [
        pointer(selected),
        span(`${mark.glyph} `, mark.tone),
        span(row.question.question, selected ? 'strong' : undefined),
      ];
      return [between(left, [span(`  ${mark.words} `, mark.tone)], context.width)];
    }
  }
}

/** How many lines `checkpointLines` gives, without drawing them. */
export function linesOf(row: CheckpointRow, selected: boolean): number {
  return selected && row.kind === 'finding' && row.finding.detail !== null ? 2 : 1;
}
