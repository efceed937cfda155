import { createContext, useContext, useSyncExternalStore } from 'react';
import type { AuditView } from '../../engine/controller.ts';
import type { Size, WizardState } from '../state.ts';
import type { Wizard } from '../wizard.ts';

/** How the terminal may be drawn on. */
export interface Surface {
  wizard: Wizard;
  colour: boolean;
  animate: boolean;
}

export const SurfaceContext = createContext<Surface | null>(null);

export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (surface === null) throw new Error('no wizard around this component');
  return surface;
}

/** State, view and size of the wizard; redraws on every change of any of them. */
export function useWizard(): { wizard: Wizard; state: WizardState; view: AuditView; size: Size } {
  const { wizard } = useSurface();
  const state = useSyncExternalStore(wizard.subscribe, wizard.snapshot);
  const view = useSyncExternalStore(wizard.subscribe, wizard.view);
  const size = useSyncExternalStore(wizard.subscribe, wizard.size);
  return { wizard, state, view, size };
}
