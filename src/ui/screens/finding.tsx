import { type ReactNode, useMemo } from 'react';
import { Scrolled } from '../components/scrolled.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { findingLines } from '../model/finding.ts';
import { span } from '../model/line.ts';
import { findCheck, findCheckpoint, findFinding } from '../model/lookup.ts';
import { scanner } from '../scanner.ts';
import type { Place } from '../state.ts';

/** One finding in full, its fix ready to be copied. */
export function FindingScreen({ place }: { place: Extract<Place, { kind: 'finding' }> }): ReactNode {
  const { view, state, size } = useWizard();
  const finding = findFinding(view, place.fingerprint, place.environment);
  const lines = useMemo(
    () =>
      finding
        ? findingLines(view, finding, size.columns, state.scanner ? scanner() : () => null)
        : [[span(' ✔ ', 'ok'), span('fixed: the latest run does not find it any more. Esc goes back.')]],
    [view, finding, size.columns, state.scanner],
  );
  const owner = finding && findCheck(view, finding.check);
  const section = owner ? (findCheckpoint(view, owner.checkpoint)?.section.id ?? null) : null;
  return <Scrolled section={section} lines={lines} scroll={place.scroll} />;
}
