import type { GateFinding } from '../../core/gate.ts';
import { describeObject } from '../../core/object.ts';
import type { AuditView } from '../../engine/controller.ts';
import { BLANK, type Line, paragraph, type Span, span } from './line.ts';
import { findCheck, findResult } from './lookup.ts';
import { type SqlScanner, sqlLines } from './sql.ts';
import { dayAndTime, findingMark } from './words.ts';

function heading(text: string): Line {
  return [span(` ${text}`, 'strong')];
}

function cover(view: AuditView, finding: GateFinding, width: number): Line[] {
  const waiver = view.state.waivers.find((one) => one.id === finding.coveredBy);
  if (waiver) {
    return [
      heading(`Waived until ${dayAndTime(waiver.expiresAt)} by ${waiver.by.name}`),
      ...paragraph(`reason: ${waiver.reason}`, width - 2, { indent: 3 }),
      ...paragraph(`risk: ${waiver.risk}`, width - 2, { indent: 3 }),
      ...paragraph(`instead: ${waiver.compensating}`, width - 2, { indent: 3 }),
      ...paragraph(`owner: ${waiver.owner}`, width - 2, { indent: 3 }),
      BLANK,
    ];
  }
  const note = view.state.acknowledgements.find((one) => one.id === finding.coveredBy);
  if (!note) return [];
  const text = note.note === '' ? 'without a note' : note.note;
  return [heading(`Acknowledged by ${note.by.name}`), ...paragraph(text, width - 2, { indent: 3 }), BLANK];
}

function fixLines(finding: GateFinding, width: number, scan: SqlScanner): Line[] {
  const { sql, command, url } = finding.fix;
  const rows: Line[] = [];
  if (sql !== null) rows.push(heading('Fix (SQL)'), ...sqlLines(sql.trim(), width - 2, scan, 3), BLANK);
  if (command !== null)
    rows.push(heading('Fix'), ...paragraph(command, width - 2, { indent: 3, multiline: true }), BLANK);
  if (url !== null) rows.push(heading('Read'), ...paragraph(url, width - 2, { indent: 3, tone: 'accent' }), BLANK);
  return rows;
}

/** One finding in full: object, why it matters, how we know, where it is, the exact fix, who covers it. */
export function findingLines(view: AuditView, finding: GateFinding, width: number, scan: SqlScanner): Line[] {
  const mark = findingMark(finding);
  const check = findCheck(view, finding.check)?.check ?? null;
  const result = findResult(view, finding.check, finding.environment);
  const environment = view.state.environments.find((one) => one.name === finding.environment);
  const body = width - 2;
  const where =
    environment?.source === 'from-migrations'
      ? 'the database replayed from your migrations'
      : (environment?.target ?? finding.environment);
  const status: Span = span(
    finding.state === 'open'
      ? ` ${mark.glyph} ${finding.severity}`
      : ` ${mark.glyph} ${finding.severity}, ${finding.state}`,
    mark.tone,
  );
  const lines: Line[] = [
    [status, span(`  ${describeObject(finding.object)}`, 'strong')],
    ...paragraph(finding.message, body, { indent: 1 }),
    BLANK,
  ];
  lines.push(...cover(view, finding, width));
  if (check)
    lines.push(heading('Why it matters'), ...paragraph(check.why, body, { indent: 3, multiline: true }), BLANK);
  lines.push(heading('How we know'));
  if (finding.detail !== null) lines.push(...paragraph(finding.detail, body, { indent: 3, multiline: true }));
  const looked = result?.lookedAt ? `${result.lookedAt} looked at, ` : '';
  const when = result?.evaluatedAt ? ` on ${dayAndTime(result.evaluatedAt)}` : '';
  lines.push(
    ...paragraph(`${finding.check}: ${looked}in ${finding.environment} (${where})${when}`, body, {
      indent: 3,
      tone: 'muted',
    }),
    BLANK,
  );
  if (finding.location) {
    const { file, line, column } = finding.location;
    lines.push(heading('Where'), ...paragraph(`${file}:${line}:${column}`, body, { indent: 3 }), BLANK);
  }
  lines.push(...fixLines(finding, width, scan));
  if (check && finding.fix.sql === null && finding.fix.command === null) {
    lines.push(heading('How to put it right'), ...paragraph(check.remedy, body, { indent: 3, multiline: true }), BLANK);
  }
  while (lines.at(-1) === BLANK) lines.pop();
  return lines;
}
