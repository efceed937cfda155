import { type ReactNode, useMemo } from 'react';
import { Scrolled } from '../components/scrolled.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { explainCheck, explainCheckpoint } from '../model/explain.ts';
import { findCheck, findCheckpoint } from '../model/lookup.ts';
import type { Place } from '../state.ts';

/** What a check or a checkpoint looks at, why, and where the rule comes from. */
export function ExplainScreen({ place }: { place: Extract<Place, { kind: 'explain' }> }): ReactNode {
  const { view, size } = useWizard();
  const found = findCheckpoint(view, place.checkpoint);
  const check = place.check === null ? null : (findCheck(view, place.check)?.check ?? null);
  const lines = useMemo(() => {
    if (check) return explainCheck(check, size.columns);
    return found ? explainCheckpoint(found.declared, size.columns) : [];
  }, [check, found, size.columns]);
  return <Scrolled section={found?.section.id ?? null} lines={lines} scroll={place.scroll} />;
}
