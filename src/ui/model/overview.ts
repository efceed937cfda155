import type { Blocker, GateCheckpoint, GateSection } from '../../core/gate.ts';
import { counted } from '../../core/text.ts';
import type { AuditView } from '../../engine/controller.ts';
import { between, clip, type Line, lineWidth, paragraph, type Span, span } from './line.ts';
import { checkpointMark, sectionMark } from './words.ts';

/** A row of the overview; every one can hold the cursor. */
export type OverviewRow =
  | { kind: 'section'; key: string; section: GateSection; expanded: boolean }
  | { kind: 'checkpoint'; key: string; section: GateSection; checkpoint: GateCheckpoint };

const sectionKey = (id: number) => `section:${id}`;
export const checkpointKey = (id: string) => `checkpoint:${id}`;

/** The sections, each with its checkpoints when it is expanded; in order, as many more are as `height` lines hold. */
export function overviewRows(view: AuditView, expanded: readonly number[], height: number): OverviewRow[] {
  const { sections } = view.gate;
  const open = new Set(expanded);
  const chosen = sections.filter((section) => open.has(section.id));
  let room = height - sections.length - chosen.reduce((sum, section) => sum + section.checkpoints.length, 0);
  for (const section of sections) {
    if (open.has(section.id) || section.checkpoints.length > room) continue;
    open.add(section.id);
    room -= section.checkpoints.length;
  }
  return sections.flatMap((section): OverviewRow[] => {
    const head: OverviewRow = {
      kind: 'section',
      key: sectionKey(section.id),
      section,
      expanded: open.has(section.id),
    };
    if (!head.expanded) return [head];
    return [
      head,
      ...section.checkpoints.map(
        (checkpoint): OverviewRow => ({ kind: 'checkpoint', key: checkpointKey(checkpoint.id), section, checkpoint }),
      ),
    ];
  });
}

/** Where the cursor starts: the checkpoint of the next thing to do, else the first row. */
export function startOf(view: AuditView): { cursor: string; expanded: number[] } {
  const id = view.gate.next?.checkpoint ?? null;
  const section = view.gate.sections.find((one) => one.checkpoints.some((checkpoint) => checkpoint.id === id));
  if (id === null || !section) return { cursor: sectionKey(1), expanded: [] };
  return { cursor: checkpointKey(id), expanded: [section.id] };
}

/** Says what opens a locked section. */
export function opensWhen(section: GateSection): string {
  if (section.opensAfter.length === 0) return 'locked';
  const shown = section.opensAfter.slice(0, 4).join(', ');
  const more = section.opensAfter.length > 4 ? ` and ${section.opensAfter.length - 4} more` : '';
  const verb = section.opensAfter.length === 1 ? 'is' : 'are';
  return `opens when ${shown}${more} ${verb} satisfied`;
}

/** The same in a few words: what is unsatisfied before it, or the section it comes after. */
function opensBriefly(section: GateSection): string {
  return section.opensAfter.length <= 3 ? opensWhen(section) : `locked, opens after section ${section.id - 1}`;
}

export function overviewLine(row: OverviewRow, selected: boolean, width: number): Line {
  const pointer: Span = selected ? span(' ▸ ', 'accent') : span('   ');
  if (row.kind === 'section') {
    const mark = sectionMark(row.section);
    const count = row.expanded ? '' : `  ${counted(row.section.checkpoints.length, 'checkpoint')}`;
    const words = row.section.state === 'locked' ? opensBriefly(row.section) : mark.words;
    const right = [span(`${mark.glyph} ${words} `, mark.tone)];
    const left = (name: string): Line => [pointer, span(`${row.section.id} ${name}`, 'strong'), span(count, 'muted')];
    // A title cut short says less than the section's name.
    const whole = left(row.section.title);
    const fits = lineWidth(whole) + lineWidth(right) < width;
    return between(fits ? whole : left(row.section.name), right, width);
  }
  const mark = checkpointMark(row.checkpoint);
  const left = [
    pointer,
    span(`  ${mark.glyph} `, mark.tone),
    span(`${row.checkpoint.id} ${row.checkpoint.title}`, selected ? 'strong' : undefined),
  ];
  return between(left, [span(`${mark.words} `, mark.tone)], width);
}

/** The next thing to do, in at most three lines. */
export function nextLines(next: Blocker | null, view: AuditView, width: number): Line[] {
  if (next === null) {
    const { signed, decision } = view.gate;
    if (signed) return [[span(' ✔ ', 'ok'), span(`signed off as ${signed.decision} by ${signed.by}`)]];
    return [[span(' ✔ ', 'ok'), span(`everything is satisfied: ${decision}; press s to sign off`)]];
  }
  const room = width - 8;
  const message = shortened(paragraph(`${next.checkpoint}  ${next.message}`, room), 2, room);
  const advice = shortened(paragraph(`→ ${next.next}`, room, { tone: 'accent' }), 3 - message.length, room);
  return [...message, ...advice].map((row, index) => [span(index === 0 ? ' Next  ' : '       ', 'strong'), ...row]);
}

/** The first `count` lines, the last of them with `…` where more was said. */
function shortened(lines: readonly Line[], count: number, width: number): Line[] {
  if (lines.length <= count) return [...lines];
  const last = lines[count - 1] ?? [];
  return [...lines.slice(0, count - 1), [...clip(last, width - 1), { ...last.at(-1), text: '…' }]];
}
