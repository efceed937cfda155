import type { AuditView } from '../../engine/controller.ts';
import { between, type Line, lineWidth, type Span, span } from './line.ts';
import { allCheckpoints } from './lookup.ts';
import { sectionMark, timeOfDay } from './words.ts';

/** `supaready   Harbor · production      9 of 29 ✔   saved 14:02:11` */
function titleLine(view: AuditView, width: number): Line {
  const checkpoints = allCheckpoints(view);
  const done = checkpoints.filter(({ gate }) => gate.state === 'satisfied').length;
  const environments = view.state.environments.map((one) => one.name).join(', ');
  const score: Span[] = [span(`${done} of ${checkpoints.length} `), span('✔', 'ok')];
  const saved = view.readOnly
    ? span(`   read-only${view.holder === null ? '' : `, held by ${view.holder}`} `, 'warn')
    : span(`   saved ${timeOfDay(view.savedAt)} `, 'muted');
  const left: Span[] = [span(' supaready', 'strong'), span('   '), span(view.state.project)];
  if (width >= 60) left.push(span(` · ${environments}`));
  return between(left, width >= 60 || view.readOnly ? [...score, saved] : [...score, span(' ')], width);
}

/** `1 Inventory ✔  2 Schema ▸  3 Data ⊘ …`; narrower terminals keep the name of the section at hand only. */
function sectionLine(view: AuditView, current: number | null, width: number): Line {
  const at = current ?? view.gate.sections.find((one) => one.state === 'open')?.id ?? null;
  const draw = (named: (id: number) => boolean, gap: string): Span[] =>
    view.gate.sections.flatMap((section, index) => {
      const { glyph, tone } = sectionMark(section);
      const name = named(section.id) ? `${section.id} ${section.name} ` : `${section.id} `;
      return [
        span(index === 0 ? ' ' : gap),
        section.id === at ? span(name, 'strong') : span(name, section.state === 'locked' ? 'muted' : undefined),
        span(glyph, tone),
      ];
    });
  const full = draw(() => true, '  ');
  if (lineWidth(full) <= width) return full;
  const near = draw((id) => id <= 6, '  ');
  if (lineWidth(near) <= width) return near;
  const short = draw((id) => id === at, '  ');
  return lineWidth(short) <= width ? short : draw((id) => id === at, ' ');
}

/** The two lines on top of every screen. `current` is the section being looked at. */
export function headerLines(view: AuditView, current: number | null, width: number): Line[] {
  return [titleLine(view, width), sectionLine(view, current, width)];
}
