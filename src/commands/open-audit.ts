import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../core/canonical.ts';
import { type Checklist, checkpointsOf, type EnvironmentRef } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { OpenShadow, Target } from '../engine/collect.ts';
import { AuditSession, type SessionOptions } from '../engine/session.ts';
import {
  type AuditStore,
  type AuditSummary,
  auditsFolder,
  createAudit,
  listAudits,
  openAudit,
} from '../state/store.ts';
import { checklist, loadChecks } from '../steps/checklist.ts';
import type { AuditOptions } from './options.ts';
import type { Project } from './targets.ts';

export type Mode = 'wizard' | 'plain' | 'headless';

/** Identity of a checklist: what journal and bundle name. Covers ids, revisions and questions. */
export function checklistDigest(list: Checklist): string {
  return digestOf(
    checkpointsOf(list).map(({ id, title, checks, attestations }) => ({
      id,
      title,
      checks: checks.map((check) => [check.id, check.rev]),
      attestations: attestations.map(({ id: question, question: text, required }) => [question, text, required]),
    })),
  );
}

/** Two environments are the same when name, source and target are: results of different databases are never mixed. */
function sameEnvironments(left: readonly EnvironmentRef[], right: readonly EnvironmentRef[]): boolean {
  const key = (environment: EnvironmentRef) =>
    `${environment.name}\u0000${environment.source}\u0000${environment.target ?? ''}`;
  const keys = new Set(left.map(key));
  return left.length === right.length && right.every((environment) => keys.has(key(environment)));
}

/** The audit folder that the options mean, or null when a new one must be started. */
function findAudit(options: AuditOptions, project: Project, targets: readonly Target[] | null): AuditSummary | null {
  const all = listAudits(project.stateRoot);
  if (options.audit !== undefined) {
    const found = all.find(
      (audit) => options.audit === 'latest' || audit.id === options.audit || audit.id.endsWith(options.audit ?? ''),
    );
    if (found) return found;
    throw new UserError(
      'unknown-audit',
      `there is no audit “${options.audit}” in ${join(project.stateRoot, '.supaready')}`,
      all.length > 0
        ? `there are: ${all.map((audit) => audit.id).join(', ')}`
        : 'start one with `supaready` or `supaready check`',
    );
  }
  if (options.new) return null;
  assertReadable(project.stateRoot, all);
  const fitting =
    targets === null
      ? all
      : all.filter((audit) =>
          sameEnvironments(
            audit.environments,
            targets.map((target) => target.environment),
          ),
        );
  return fitting.sort((a, b) => (a.lastEventAt < b.lastEventAt ? 1 : -1))[0] ?? null;
}

/** An audit newer than every readable one, written by a newer version or damaged, must be said: not silently begun anew. */
function assertReadable(root: string, readable: readonly AuditSummary[]): void {
  const folder = auditsFolder(root);
  const known = new Set(readable.map((audit) => audit.id));
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const unreadable = names
    .filter((name) => !known.has(name) && existsSync(join(folder, name, 'journal.jsonl')))
    .sort()
    .at(-1);
  const latest =
    readable
      .map((audit) => audit.id)
      .sort()
      .at(-1) ?? '';
  if (unreadable === undefined || unreadable < latest) return;
  // Says what is wrong with it, or finds nothing (a folder whose first entry was never finished).
  openAudit(join(folder, unreadable), { mode: 'read' }).close();
}

export interface OpenedAudit {
  session: AuditSession;
  store: AuditStore;
  /** True when an earlier audit goes on. */
  resumed: boolean;
}

interface OpenRequest {
  options: AuditOptions;
  project: Project;
  /** Null: look at the latest audit without targets (status, explain what stands). */
  targets: readonly Target[] | null;
  mode: Mode;
  version: string;
  access?: 'write' | 'read';
  holder?: string | null;
  /** Where migrations are replayed beside a live database. */
  openShadow?: OpenShadow;
  /** Demo only (see SessionOptions). */
  demo?: Required<Pick<SessionOptions, 'applyFix' | 'canApply'>>;
}

/** Opens the audit that fits, or starts one. Throws UserError when it is locked, corrupt, or none is there to look at. */
export function openAuditSession(request: OpenRequest): OpenedAudit {
  const { options, project, targets, mode, version } = request;
  const found = findAudit(options, project, targets);
  let store: AuditStore;
  if (found) {
    store = openAudit(found.directory, { mode: request.access ?? 'write' });
  } else {
    if (targets === null) {
      throw new UserError(
        'no-audit',
        `there is no audit in ${join(project.stateRoot, '.supaready')} yet`,
        'start one with `supaready`, `supaready check` or `supaready demo`',
        EXIT.usage,
      );
    }
    store = createAudit(project.stateRoot, {
      project: project.name,
      checklist: { version: checklist.version, sha256: checklistDigest(checklist) },
      environments: targets.map((target) => target.environment),
      repository: project.repository,
    });
  }
  if (store.mode === 'write') {
    const now = new Date().toISOString();
    const sha256 = checklistDigest(checklist);
    if (store.state.checklist.sha256 !== sha256) {
      store.append(
        [{ type: 'checklist.migrate', data: { from: store.state.checklist.version, to: checklist.version, sha256 } }],
        now,
      );
    }
    store.append([{ type: 'session', data: { tool: `supaready ${version}`, mode, node: process.versions.node } }], now);
  }
  const session = new AuditSession({
    store,
    checklist,
    loadChecks,
    policy: project.policy,
    targets: targets ?? [],
    repository: project.repository,
    migrations: project.migrations,
    declared: project.declared,
    parameters: project.parameters,
    openShadow: request.openShadow,
    holder: request.holder ?? null,
    writeBundle: async (auditStore, view, directory) => {
      const { writeBundle } = await import('../evidence/bundle.ts');
      return writeBundle({
        store: auditStore,
        view,
        directory: directory ?? process.cwd(),
        version,
        parameters: project.parameters,
        policy: project.policy,
      });
    },
    ...request.demo,
  });
  return { session, store, resumed: found !== null };
}

/** A place for an audit that is not kept, and how to remove it. */
export function temporaryStateRoot(): { root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'supaready-audit-'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
