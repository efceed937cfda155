import type { Tone } from '../theme.ts';
import type { CheckpointRow } from './checkpoint.ts';
import { between, column, type Line, lineWidth, paragraph, span } from './line.ts';
import { checkMark, findingMark, questionMark } from './words.ts';

export interface RowContext {
  width: number;
  /** More than one environment: say which. */
  environments: boolean;
  /** Fingerprints the latest run brought. */
  appeared: ReadonlySet<string>;
  /** Cells of the longest check id, so that columns line up. */
  idWidth: number;
  /** The same of the objects of findings. */
  objectWidth: number;
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
  return [
    pointer(selected),
    span(`${mark.glyph} `, mark.tone),
    column(label, context.idWidth, selected ? 'strong' : undefined),
    span('  '),
    span(mark.words, check.status === 'pass' && check.stale === null ? 'muted' : mark.tone),
  ];
}

function findingLine(row: Extract<CheckpointRow, { kind: 'finding' }>, selected: boolean, context: RowContext): Line {
  const { finding } = row;
  const mark = findingMark(finding);
  const fresh = context.appeared.has(finding.fingerprint) ? 'new: ' : '';
  const covered = finding.state === 'open' ? '' : `${finding.state}: `;
  return [
    pointer(selected),
    span(`${mark.glyph} `, mark.tone),
    column(mark.words, context.width >= 60 ? 8 : 4, mark.tone),
    span(' '),
    column(`${row.object}${place(finding.environment, context)}`, context.objectWidth, selected ? 'strong' : undefined),
    span('  '),
    span(`${covered}${fresh}${finding.message}`),
  ];
}

/** Lines below the row under the cursor that are shown at most. */
const BELOW = 4;
const INDENT = 7;

/** What did not fit into the row, in full, and how we know: below the row under the cursor. */
function below(row: CheckpointRow, line: Line, context: RowContext): Line[] {
  const clipped = lineWidth(line) > context.width;
  const say = (text: string, tone?: Tone) =>
    paragraph(text, context.width - 1, tone === undefined ? { indent: INDENT } : { indent: INDENT, tone });
  switch (row.kind) {
    case 'finding': {
      const message = clipped ? say(row.finding.message) : [];
      return [...message, ...(row.finding.detail === null ? [] : say(row.finding.detail, 'muted'))].slice(0, BELOW);
    }
    case 'check':
      return clipped ? say(checkMark(row.check).words, 'muted').slice(0, BELOW) : [];
    case 'question':
      return clipped ? say(row.question.question).slice(0, BELOW) : [];
    default:
      return [];
  }
}

function mainLine(row: CheckpointRow, selected: boolean, context: RowContext): { line: Line; end: Line } {
  switch (row.kind) {
    case 'heading':
      return { line: [span(` ${row.text}`, 'strong')], end: [] };
    case 'check': {
      const end = context.width >= 110 && row.title !== '' ? [span(`  ${row.title} `, 'muted')] : [];
      return { line: checkLine(row, selected, context), end };
    }
    case 'finding':
      return { line: findingLine(row, selected, context), end: [] };
    case 'question': {
      const mark = questionMark(row.question);
      const text = span(row.question.question, selected ? 'strong' : undefined);
      const line = [pointer(selected), span(`${mark.glyph} `, mark.tone), text];
      return { line, end: [span(`  ${mark.words} `, mark.tone)] };
    }
  }
}

/** A row as it is drawn: one line; under the cursor also what did not fit into it, and how we know. */
export function checkpointLines(row: CheckpointRow, selected: boolean, context: RowContext): Line[] {
  const { line, end } = mainLine(row, selected, context);
  const drawn = between(line, end, context.width);
  return selected ? [drawn, ...below(row, [...line, ...end], context)] : [drawn];
}
