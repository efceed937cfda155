import stringWidth from 'string-width';
import { type GateCheck, type GateCheckpoint, gateCheckpoints } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import { printable } from '../core/text.ts';
import type { AuditView } from '../engine/controller.ts';
import { nextLines } from './next.ts';
import { standInLines } from './stand-ins.ts';
import { ATTESTATION_WORDS, checkpointSaid, checkSaid } from './words.ts';

export type Paint = (style: 'good' | 'bad' | 'warn' | 'dim' | 'bold', text: string) => string;

const CODES = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 } as const;
/** ANSI-16 paint; or plain text. */
export function painter(colour: boolean): Paint {
  return colour ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_style, text) => text;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function checkLine(check: GateCheck, environments: number, paint: Paint): string {
  const { glyph, word } = checkSaid(check);
  const style = check.status === 'pass' ? 'good' : check.satisfied ? 'dim' : check.status === 'fail' ? 'bad' : 'warn';
  const where = environments > 1 ? ` [${check.environment}]` : '';
  return `    ${paint(style, glyph)} ${pad(check.id + where, 34)} ${printable(word)}`;
}

function findingLines(checkpoint: GateCheckpoint, paint: Paint): string[] {
  return checkpoint.checks.flatMap((check) =>
    check.findings.flatMap((finding) => {
      const style =
        finding.state !== 'open'
          ? 'dim'
          : finding.severity === 'blocker' || finding.severity === 'high'
            ? 'bad'
            : finding.severity === 'medium'
              ? 'warn'
              : 'dim';
      const state = finding.state === 'open' ? '' : ` (${finding.state})`;
      const place = finding.location ? `  ${printable(finding.location.file)}:${finding.location.line}` : '';
      return [
        `      ${paint(style, pad(finding.severity, 8))} ${paint('bold', printable(describeObject(finding.object)))}${state}  ${paint('dim', finding.fingerprint.slice(0, 12))}`,
        `               ${printable(finding.message)}${paint('dim', place)}`,
      ];
    }),
  );
}

/** The audit as text for a terminal or a log: checkpoints, checks, findings, what blocks, and the next thing to do. */
export function renderTable(
  view: AuditView,
  options: { colour: boolean; selected: ReadonlySet<string> | null; findings: boolean },
): string {
  const paint = painter(options.colour);
  const { gate, state } = view;
  const lines: string[] = [];
  const environments = state.environments.length;
  for (const section of gate.sections) {
    const checkpoints = section.checkpoints.filter(
      (checkpoint) => options.selected === null || checkpoint.checks.some((check) => options.selected?.has(check.id)),
    );
    if (checkpoints.length === 0) continue;
    const lock = section.state === 'locked' ? paint('dim', `  locked until ${section.opensAfter.join(', ')}`) : '';
    lines.push('', `${paint('bold', `${section.id} ${section.title}`)}${lock}`);
    for (const checkpoint of checkpoints) {
      const { glyph, word } = checkpointSaid(checkpoint);
      const style = checkpoint.ownState === 'satisfied' ? 'good' : checkpoint.ownState === 'blocked' ? 'bad' : 'warn';
      lines.push(`  ${paint(style, glyph)} ${checkpoint.id} ${checkpoint.title}  ${paint(style, word)}`);
      const checks = checkpoint.checks.filter((check) => options.selected === null || options.selected.has(check.id));
      lines.push(...checks.map((check) => checkLine(check, environments, paint)));
      // Sign-off repeats what the sections before it say: listed once its turn has come.
      if (options.findings && !(section.id === 7 && section.state === 'locked'))
        lines.push(...findingLines({ ...checkpoint, checks }, paint));
      for (const question of checkpoint.attestations.filter((one) => one.required && one.state !== 'given')) {
        lines.push(
          `    ${paint('warn', ATTESTATION_WORDS[question.state].glyph)} ${printable(question.question)}  ${paint('dim', question.id)}`,
        );
      }
    }
  }
  for (const line of standInLines(view)) lines.push('', paint('warn', line));
  const all = gateCheckpoints(gate);
  const satisfied = all.filter((checkpoint) => checkpoint.state === 'satisfied').length;
  lines.push(
    '',
    `${satisfied} of ${all.length} checkpoints satisfied; decision: ${paint(gate.decision === 'blocked' ? 'bad' : 'good', gate.decision)}`,
  );
  lines.push(...nextLines(view));
  return `${lines.slice(1).join('\n')}\n`;
}

/** The sign-off matrix as text. */
export function renderMatrix(view: AuditView): string {
  const rows = view.matrix.map((row) => [
    `${row.environment}  ${printable(row.schema)}.${printable(row.table)}`,
    row.Schema,
    row.RLS,
    row.Indexes,
    row.Seed,
    row.Monitoring,
  ]);
  const head = ['table', 'Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring'];
  const widths = head.map((title, column) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  return `${[head, ...rows]
    .map((row) =>
      row
        .map((text, column) => pad(text, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}
