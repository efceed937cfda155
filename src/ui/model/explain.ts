import type { Checkpoint, CheckText } from '../../core/check.ts';
import { BLANK, type Line, paragraph, span } from './line.ts';

function block(title: string, text: string | undefined, width: number): Line[] {
  if (text === undefined || text === '') return [];
  return [[span(` ${title}`, 'strong')], ...paragraph(text, width - 2, { indent: 3, multiline: true }), BLANK];
}

/** What a check looks at, why, how to put it right, its false alarms and the source of the rule. */
export function explainCheck(check: CheckText, width: number): Line[] {
  const parameters = Object.entries(check.parameters ?? {}).map(([name, value]) => `${name} = ${String(value)}`);
  return [
    [span(` ${check.id}`, 'strong'), span(`   ${check.severity}`, 'muted')],
    ...paragraph(check.title, width - 2, { indent: 1 }),
    BLANK,
    ...block('Why it matters', check.why, width),
    ...block('How to put it right', check.remedy, width),
    ...block('False alarms', check.falseAlarms, width),
    ...block('Looks at', [...check.needs, ...(check.uses ?? []).map((name) => `${name} (if there)`)].join(', '), width),
    ...block('Parameters', parameters.join('\n'), width),
    ...block('Also known as', check.aliases?.join(', '), width),
    ...block('Source', check.source, width),
  ].slice(0, -1);
}

/** What a checkpoint is about: intent, sub-items, its checks and questions, its source. */
export function explainCheckpoint(checkpoint: Checkpoint, width: number): Line[] {
  const items = Object.entries(checkpoint.items ?? {}).map(([letter, name]) => `${checkpoint.id}${letter}  ${name}`);
  return [
    [span(` ${checkpoint.id} ${checkpoint.title}`, 'strong')],
    BLANK,
    ...block('Why it is asked', checkpoint.intent, width),
    ...block('Its items', items.join('\n'), width),
    ...block('Its checks', checkpoint.checks.map((check) => `${check.id}: ${check.title}`).join('\n'), width),
    ...block('Asked of you', checkpoint.attestations.map((one) => one.question).join('\n'), width),
    ...block('Source', checkpoint.source, width),
  ].slice(0, -1);
}
