import type { ReactNode } from 'react';
import { Frame } from '../components/frame.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { formLines } from '../model/form-lines.ts';
import { BLANK, type Line, paragraph, span } from '../model/line.ts';
import type { FormPlace } from '../state.ts';

/** A question with its fields. Keys count only once it is armed, and only `y` records. */
export function FormScreen({ place }: { place: FormPlace }): ReactNode {
  const { size } = useWizard();
  const { columns } = size;
  const confirm = place.confirm(place.form.values);
  const { lines, at } = formLines(place.fields, place.form, confirm, place.armed, columns);
  const intro = place.intro.flatMap((text) => paragraph(text, columns - 2, { indent: 1 }));
  const body = (height: number): Line[] => {
    const head: Line[] = [[span(` ${place.title}`, 'strong')], ...intro, BLANK];
    const all = [...head, ...lines];
    const target = head.length + at;
    const from = Math.max(0, Math.min(target - height + 2, all.length - height));
    return all.slice(from, from + height);
  };
  const idle: Line = place.armed ? [] : [span(' one moment …', 'muted')];
  return <Frame section={null} idle={idle} body={body} />;
}
