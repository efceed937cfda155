import { type ReactNode, useMemo } from 'react';
import { Scrolled } from '../components/scrolled.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { BLANK, type Line, span } from '../model/line.ts';
import { decisionLines, matrixHead, matrixLine } from '../model/matrix.ts';
import type { Place } from '../state.ts';

/** The matrix (tables × Schema, RLS, Indexes, Seed, Monitoring) and the decision. */
export function SignOffScreen({ place }: { place: Extract<Place, { kind: 'signoff' }> }): ReactNode {
  const { view, size } = useWizard();
  const { columns } = size;
  const several = view.state.environments.length > 1;
  const lines = useMemo(
    (): Line[] =>
      view.matrix.length === 0
        ? [[span('   no table was looked at yet: R runs every check', 'muted')]]
        : view.matrix.map((row) => matrixLine(row, several, columns)),
    [view, several, columns],
  );
  const head = useMemo(() => [...decisionLines(view, columns), BLANK, matrixHead(columns)], [view, columns]);
  const idle: Line = [
    span(' ✔', 'ok'),
    span(' holds   '),
    span('✖', 'bad'),
    span(' open finding   '),
    span('–', 'muted'),
    span(' not judged'),
  ];
  return <Scrolled section={7} head={head} lines={lines} scroll={place.scroll} idle={idle} />;
}
