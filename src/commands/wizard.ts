import { EXIT, UserError } from '../core/errors.ts';
import type { Person } from '../core/events.ts';
import type { AuditController } from '../engine/controller.ts';
import { secretAsker } from './ask.ts';
import { copyText } from './clipboard.ts';
import { giveConsents } from './consent.ts';
import { type OpenedAudit, openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { knownPerson } from './person.ts';
import { withProgress } from './progress.ts';
import { interrupted, interruptible } from './run-audit.ts';
import { type Project, resolveProject, resolveTargets, type Targets } from './targets.ts';

/** Refused before anything is started: without a terminal nothing is asked and nothing drawn (DESIGN.md §6). */
export function assertTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  throw new UserError(
    'no-terminal',
    'the wizard needs a terminal on both input and output',
    'without one use `supaready check`, `status`, `attest`, `waive`, `bundle`: they ask nothing that a flag does not answer',
    EXIT.usage,
  );
}

export interface WizardRequest {
  controller: AuditController;
  /** What to type to come back here. */
  resumeCommand: string;
  screenReader: boolean;
  afterFirstFrame?: () => void;
  /** Folder whose git identity stands in when nobody has said who they are. */
  directory: string;
}

/** Hands the terminal to the wizard and returns its exit code. */
export async function openWizard(request: WizardRequest): Promise<number> {
  const [{ runWizard }, { readPreferences, writePreferences }] = await Promise.all([
    import('../ui/terminal.ts'),
    import('../state/preferences.ts'),
  ]);
  const preferences = readPreferences();
  const { exitCode } = await runWizard(request.controller, {
    resumeCommand: request.resumeCommand,
    person: preferences.person,
    savePerson: (person: Person) => void writePreferences({ person }),
    // Asking git who somebody is takes two processes: not before something is to be seen.
    afterFirstFrame: (known) => {
      const person = knownPerson(undefined, preferences.person, request.directory);
      if (person !== null) known(person);
      request.afterFirstFrame?.();
    },
    screenReader: request.screenReader || preferences.screenReader,
    copy: copyText,
    openUrl: async (url: string) => {
      const { default: open } = await import('open');
      await open(url);
    },
  });
  return exitCode;
}

async function rememberOpened(directory: string, project: string): Promise<void> {
  const { rememberAudit } = await import('../state/preferences.ts');
  await rememberAudit({ directory, project });
}

/** Refusals to write after which an audit can still be looked at. */
const LOOK_ONLY: ReadonlySet<string> = new Set(['audit-locked', 'audit-handed-over']);

/** Opens the audit for writing; when another terminal holds it or it was handed over, to follow it read-only. */
function openOrFollow(
  options: AuditOptions,
  project: Project,
  targets: Targets,
  version: string,
): { opened: OpenedAudit; following: boolean } {
  const request = {
    options,
    project,
    targets: targets.targets,
    openShadow: targets.openShadow,
    mode: 'wizard' as const,
    version,
  };
  try {
    return { opened: openAuditSession(request), following: false };
  } catch (error) {
    if (!(error instanceof UserError) || !LOOK_ONLY.has(error.code)) throw error;
    process.stderr.write(`supaready: ${error.message}\n  opening it to look at only; ${error.next}\n`);
    return { opened: openAuditSession({ ...request, access: 'read', holder: error.message }), following: true };
  }
}

function resumeCommand(options: AuditOptions, audit: string): string {
  const parts = ['supaready'];
  if (options.config) parts.push('--config', options.config);
  if (options.repo) parts.push('--repo', options.repo);
  if (options.fromMigrations) parts.push('--from-migrations');
  if (options.env) parts.push('--env', options.env);
  // A connection string is a secret: it is not repeated on the screen.
  if (options.dbUrl) parts.push('--db-url', options.dbUrl.startsWith('env:') ? options.dbUrl : '…');
  parts.push('--audit', audit.slice(-6));
  return parts.join(' ');
}

/** The replayed database as target; Ctrl-C ends the replay and leaves nothing of it. */
async function replayed(options: AuditOptions, project: Project): Promise<Targets> {
  const interrupt = interruptible();
  try {
    return await withProgress('Replaying the migrations', (report) =>
      resolveTargets(options, project, secretAsker(), {
        signal: interrupt.signal,
        onFile: (path, done, total) => report(`${path} (${done + 1} of ${total})`),
      }),
    );
  } catch (error) {
    throw interrupt.signal.aborted ? interrupted() : error;
  } finally {
    interrupt.release();
  }
}

/** `supaready`: starts an audit, or resumes the latest that fits, in the wizard. */
export async function wizardCommand(options: AuditOptions, version: string): Promise<number> {
  assertTerminal();
  const project = resolveProject(options);
  const targets = options.fromMigrations
    ? await replayed(options, project)
    : await resolveTargets(options, project, secretAsker());
  try {
    const { opened, following } = openOrFollow(options, project, targets, version);
    const { session, store } = opened;
    const stop = following ? store.follow(() => session.refresh()) : () => {};
    try {
      if (!following) await giveConsents(session, options, project.stateRoot);
      return await openWizard({
        controller: session,
        resumeCommand: resumeCommand(options, store.state.auditId),
        screenReader: options.screenReader === true,
        directory: project.stateRoot,
        afterFirstFrame: () => void rememberOpened(store.directory, project.name),
      });
    } finally {
      stop();
      await session.close();
    }
  } finally {
    await targets.close();
  }
}
