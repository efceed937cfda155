import { EXIT, UserError } from '../core/errors.ts';
import type { RunSummary } from '../engine/controller.ts';
import type { AuditSession } from '../engine/session.ts';
import type { AuditStore } from '../state/store.ts';
import { progressText, withProgress } from './progress.ts';

/** An abort signal that the first Ctrl-C or SIGTERM fires; a second one ends the process at once (nothing unsaved is lost). */
export function interruptible(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nsupaready: stopping … (again to stop at once)\n');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** What is said after Ctrl-C: exit 130. */
export function interrupted(): UserError {
  return new UserError(
    'interrupted',
    'interrupted; what was finished is saved',
    'run it again to go on',
    EXIT.interrupted,
  );
}

/** Runs checks with progress on stderr. Throws UserError (130) when interrupted. */
export async function runChecks(
  session: AuditSession,
  selectors: readonly string[],
  signal: AbortSignal,
): Promise<RunSummary> {
  const summary = await withProgress('Checking', (report) =>
    session.run({ selectors, signal, onProgress: (progress) => report(progressText(progress)) }),
  );
  for (const problem of summary.problems) process.stderr.write(`supaready: ${problem}\n`);
  if (signal.aborted) throw interrupted();
  return summary;
}

/** PostgreSQL version by environment, from the stored snapshots. */
export function serverVersions(store: AuditStore): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const { environment, snapshotId } of Object.values(store.state.snapshots)) {
    const { database } = store.loadSnapshot(snapshotId).facts;
    if (database?.status === 'ok') versions[environment] = database.value.serverVersion;
  }
  return versions;
}
