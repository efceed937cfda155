import { EXIT, type ExitCode } from '../core/errors.ts';
import { gateChecks } from '../core/gate.ts';
import type { AuditView } from '../engine/controller.ts';
import { selectChecks } from '../engine/select.ts';
import { checkReport } from '../report/check-json.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderTable } from '../report/table.ts';
import type { AuditStore } from '../state/store.ts';
import { checklist } from '../steps/checklist.ts';
import { wantsColour } from './colour.ts';
import { giveConsents } from './consent.ts';
import { openAuditSession, temporaryStateRoot } from './open-audit.ts';
import type { CheckOptions, Format } from './options.ts';
import { withProgress } from './progress.ts';
import { interrupted, interruptible, runChecks, serverVersions } from './run-audit.ts';
import { resolveProject, resolveTargets } from './targets.ts';

export interface Rendering {
  format: Format;
  version: string;
  selected: ReadonlySet<string> | null;
  startedAt: string;
  skippedCredentials: Readonly<Record<string, readonly string[]>>;
  findings: boolean;
}

/** The audit in the format asked for, as text for stdout. */
export function render(view: AuditView, store: AuditStore, options: Rendering): string {
  if (options.format === 'markdown') return renderMarkdown(view, options.version);
  if (options.format === 'table')
    return renderTable(view, {
      colour: wantsColour(process.stdout),
      selected: options.selected,
      findings: options.findings,
    });
  const report = checkReport({
    view,
    version: options.version,
    startedAt: options.startedAt,
    endedAt: new Date().toISOString(),
    serverVersions: serverVersions(store),
    skippedCredentials: options.skippedCredentials,
    selected: options.selected,
  });
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** With who reaches what, for the report. */
async function withExposure(view: AuditView, store: AuditStore): Promise<AuditView> {
  const [{ exposureOf }, { loadSqlParser }] = await Promise.all([
    import('../engine/exposure.ts'),
    import('../core/sql.ts'),
  ]);
  await loadSqlParser();
  const snapshots = Object.values(view.state.snapshots).map(({ snapshotId }) => store.loadSnapshot(snapshotId));
  return { ...view, exposure: exposureOf(snapshots) };
}

/** Without selectors: is the project ready? With selectors: do just these checks hold? */
export function verdict(view: AuditView, selected: ReadonlySet<string> | null): ExitCode {
  if (selected === null) return view.gate.decision === 'blocked' ? EXIT.notReady : EXIT.ok;
  const asked = gateChecks(view.gate).filter((check) => selected.has(check.id));
  return asked.length > 0 && asked.every((check) => check.satisfied) ? EXIT.ok : EXIT.notReady;
}

/** `supaready check`: runs the checks, prints the result on stdout, and returns the gate as exit code. */
export async function checkCommand(
  selectors: readonly string[],
  options: CheckOptions,
  version: string,
): Promise<number> {
  const startedAt = new Date().toISOString();
  const selected = selectors.length === 0 ? null : new Set(selectChecks(checklist, selectors).map((check) => check.id));
  const temporary = options.save ? null : temporaryStateRoot();
  const interrupt = interruptible();
  const project = resolveProject({ ...options, ...(temporary && { stateDir: temporary.root }) });
  const resolve = (report?: (text: string) => void) =>
    resolveTargets(options, project, null, {
      signal: interrupt.signal,
      onFile: (path, done, total) => report?.(`${path} (${done + 1} of ${total})`),
    });
  const targets = await (options.fromMigrations ? withProgress('Replaying the migrations', resolve) : resolve()).catch(
    (error) => {
      interrupt.release();
      temporary?.remove();
      throw interrupt.signal.aborted ? interrupted() : error;
    },
  );
  try {
    const { session, store } = openAuditSession({
      options,
      project,
      targets: targets.targets,
      openShadow: targets.openShadow,
      mode: 'headless',
      version,
    });
    try {
      await giveConsents(session, options, project.stateRoot);
      const summary = await runChecks(session, selectors, interrupt.signal);
      const view = options.format === 'markdown' ? await withExposure(session.view(), store) : session.view();
      const { skippedCredentials } = targets;
      process.stdout.write(
        render(view, store, {
          format: options.format,
          version,
          selected,
          startedAt,
          skippedCredentials,
          findings: options.findings,
        }),
      );
      // An environment that could not be looked at leaves the question open, whatever the others say.
      return summary.problems.length > 0 ? EXIT.unknown : verdict(view, selected);
    } finally {
      await session.close();
    }
  } finally {
    interrupt.release();
    await targets.close();
    temporary?.remove();
  }
}
