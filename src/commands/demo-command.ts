import { resolve } from 'node:path';
import type { OpenShadow } from '../engine/collect.ts';
import { secretAsker } from './ask.ts';
import { render, verdict } from './check.ts';
import { applyFixSql } from './demo/apply-fix.ts';
import { type Demo, defaultDemoDirectory, prepareDemo } from './demo/prepare.ts';
import { canRestore, restoreFile } from './demo/restore-file.ts';
import { writeDown } from './demo/write-down.ts';
import { type Mode, type OpenedAudit, openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { withProgress } from './progress.ts';
import { interruptible, runChecks } from './run-audit.ts';
import { shadowOpener } from './shadow-opener.ts';
import { describeTarget, resolveProject } from './targets.ts';
import { assertTerminal, openWizard } from './wizard.ts';

export interface DemoCommandOptions extends Pick<AuditOptions, 'defaultGrants' | 'shadowUrl'> {
  fixed?: boolean;
  fresh?: boolean;
  dir?: string;
  screenReader?: boolean;
  check?: boolean;
}

/** Harbor's own audit, kept beside its database in `directory`: the only one in which fixes can be applied. */
export function openDemoAudit(
  demo: Demo,
  options: { directory: string; fresh: boolean; mode: Mode; version: string; openShadow?: OpenShadow },
): OpenedAudit {
  const project = { ...resolveProject({ repo: demo.repository }), name: demo.project, stateRoot: options.directory };
  // Its port changes with every start; the place stays the same, and so does the audit.
  const target = `${describeTarget(demo.url).replace(/:\d+\//, '/')} (embedded)`;
  return openAuditSession({
    options: { ...(options.fresh && { new: true }) },
    project,
    targets: [
      {
        environment: { name: 'production', kind: demo.environmentKind, source: 'live', target },
        databaseUrl: demo.url,
        embedded: true,
        projectRef: null,
        api: demo.api,
        shadow: null,
      },
    ],
    mode: options.mode,
    version: options.version,
    ...(options.openShadow && { openShadow: options.openShadow }),
    demo: {
      applyFix: async (target, finding) => {
        if (finding.fix.sql === null) return restoreFile(demo.repository, finding);
        const statements = await applyFixSql(target.databaseUrl, finding.fix.sql);
        await writeDown(target.databaseUrl, demo.repository, finding);
        return statements;
      },
      canApply: (finding) => finding.fix.sql !== null || canRestore(demo.repository, finding),
    },
  });
}

/** `supaready demo`: Harbor, a small shop on an embedded Supabase project, in the wizard (or its result with --check). */
export async function demoCommand(options: DemoCommandOptions, version: string): Promise<number> {
  if (!options.check) assertTerminal();
  const fixed = options.fixed === true;
  const directory = resolve(options.dir ?? defaultDemoDirectory(fixed));
  const demo = await withProgress(
    fixed ? 'Preparing Harbor without its defects' : 'Preparing Harbor, the demo shop',
    (report) => prepareDemo({ directory, fixed, fresh: options.fresh === true, onProgress: report }),
  );
  try {
    const { session, store } = openDemoAudit(demo, {
      directory,
      fresh: options.fresh === true,
      mode: options.check ? 'headless' : 'wizard',
      version,
      openShadow: await shadowOpener(options, resolveProject({ repo: demo.repository }), secretAsker()),
    });
    try {
      if (!options.check) {
        const flags = `${fixed ? ' --fixed' : ''}${options.dir ? ` --dir ${options.dir}` : ''}`;
        return await openWizard({
          controller: session,
          resumeCommand:
            process.env.npm_lifecycle_event === 'demo'
              ? `npm run demo${flags ? ` --${flags}` : ''}`
              : `supaready demo${flags}`,
          screenReader: options.screenReader === true,
          directory: demo.repository,
        });
      }
      const interrupt = interruptible();
      const startedAt = new Date().toISOString();
      await runChecks(session, [], interrupt.signal);
      interrupt.release();
      const view = session.view();
      process.stdout.write(
        render(view, store, {
          format: 'table',
          version,
          selected: null,
          startedAt,
          skippedCredentials: {},
          findings: true,
        }),
      );
      return verdict(view, null);
    } finally {
      await session.close();
    }
  } finally {
    await demo.stop();
  }
}
