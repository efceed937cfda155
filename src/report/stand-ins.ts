import { printable } from '../core/text.ts';
import type { AuditView } from '../engine/controller.ts';

/**
 * What a reader must know of a replay on a machine that lacks extensions: one sentence an environment, none where nothing was
 * stood in for. The names come from the database and have passed `printable`.
 */
export function standInLines({ standIns = {}, state }: Pick<AuditView, 'standIns' | 'state'>): string[] {
  return Object.entries(standIns)
    .filter(([environment]) => state.environments.some(({ name }) => name === environment))
    .map(([environment, extensions]) => {
      const where = state.environments.length > 1 ? ` of ${printable(environment)}` : '';
      const names = extensions.map((name) => printable(name)).join(', ');
      const which = extensions.length === 1 ? 'this extension was' : 'these extensions were';
      return `In the replay${where} ${which} stood in for by types and signatures only, so nothing was tried of what they do: ${names}`;
    });
}
