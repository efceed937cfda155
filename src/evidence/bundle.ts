import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sha256 } from '../core/canonical.ts';
import type { Parameters } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { Policy } from '../core/policy.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { AuditView } from '../engine/controller.ts';
import { exposureOf } from '../engine/exposure.ts';
import { evaluateGate } from '../engine/gate.ts';
import { buildMatrix, standInsOf, tablesOf } from '../engine/matrix.ts';
import { catalogueQueries } from '../facts/postgres/queries.ts';
import type { AuditStore } from '../state/store.ts';
import { makeBag } from './bag.ts';
import { checklistRecord, prettyJson, projections, slug, snapshotFiles } from './payload.ts';
import { writeTar } from './tar.ts';

export interface BundleRequest {
  store: AuditStore;
  view: AuditView;
  /** Where the archive goes. */
  directory: string;
  version: string;
  policy: Policy;
  parameters: Readonly<Record<string, Parameters>>;
}

const README = `This is an evidence bundle of supaready: a BagIt bag (RFC 8493).

Check that it is complete and unchanged with coreutils alone:

  sha256sum -c --strict --quiet tagmanifest-sha256.txt && sha256sum -c --strict --quiet manifest-sha256.txt

Files that were added are noticed only by \`supaready verify\`, which also replays every check over the saved facts
and derives the verdicts, the gate and the reports again.

data/report/report.md      the report, for reading
data/results/              checkpoints, findings, attestations, waivers, gate
data/exports/              the sign-off matrix
data/snapshot/             the facts of each environment, as collected (no secrets, no row values)
data/sql/                  the queries that were run (read-only), and the fixes proposed (never run)
data/logs/transcript.txt   what happened, line by line
data/journal.jsonl         the hash-chained record all of the above follows from
data/blobs/                results and attachments that the journal names by digest
`;

/** Digests of the blobs that the journal rests on, apart from facts (which stand in snapshot/). */
function blobsOf(store: AuditStore): Set<string> {
  const digests = new Set<string>();
  for (const event of store.events) {
    if (event.type === 'check.run') digests.add(event.data.results.sha256);
    if (event.type === 'attest')
      for (const { sha256: digest } of event.data.evidence) if (digest !== null) digests.add(digest);
  }
  return digests;
}

/**
 * Writes the bundle of an audit as one deterministic .tar: same journal, snapshot and tool, same bytes.
 * Changes nothing in the audit. Throws UserError (exit 3) when it cannot be written.
 */
export async function writeBundle(request: BundleRequest): Promise<{ path: string; sha256: string }> {
  const { store, version, policy, parameters } = request;
  const { state, events, blobs } = store;
  const { checklist } = request.view;
  const snapshots = Object.values(state.snapshots).map(({ snapshotId }) => store.loadSnapshot(snapshotId));
  if (snapshots.length === 0)
    throw new UserError(
      'nothing-to-bundle',
      'no check has run in this audit yet',
      'run `supaready check` or the wizard first',
      EXIT.usage,
    );

  // Judged as of the last entry, so that the same journal gives the same bundle whenever it is written.
  const gate = evaluateGate(state, checklist, policy, state.lastEventAt);
  const matrix = buildMatrix(gate, checklist, tablesOf(snapshots));
  await loadSqlParser();
  const view: AuditView = {
    ...request.view,
    state,
    gate,
    matrix,
    tables: {},
    standIns: standInsOf(snapshots),
    exposure: exposureOf(snapshots),
  };

  const payload = projections({ view, gate, events, version, policy, parameters });
  payload.set('journal.jsonl', readFileSync(join(store.directory, 'journal.jsonl')));
  payload.set('checklist.json', checklistRecord(checklist));
  payload.set(
    'run.json',
    prettyJson({
      schema: 'supaready.run/v1',
      auditId: state.auditId,
      project: state.project,
      tool: { name: 'supaready', version },
      checklist: state.checklist,
      environments: state.environments,
      policy,
      parameters,
      startedAt: state.startedAt,
      endedAt: state.lastEventAt,
      journal: { seq: state.seq },
      people: [
        ...new Set(
          [
            ...state.attestations,
            ...state.waivers,
            ...state.acknowledgements,
            ...state.approvals,
            ...state.signOffs,
          ].map((act) => act.by.name),
        ),
      ].sort(),
    }),
  );
  for (const snapshot of snapshots) for (const [name, bytes] of snapshotFiles(snapshot)) payload.set(name, bytes);
  for (const digest of blobsOf(store)) payload.set(`blobs/sha256/${digest}`, Buffer.from(blobs.get(digest)));
  let index = 0;
  for (const [name, sql] of Object.entries(catalogueQueries())) {
    index += 1;
    payload.set(
      `sql/${String(index).padStart(3, '0')}-${slug(name.replace(/[A-Z]/g, (letter) => `-${letter}`))}.sql`,
      Buffer.from(sql),
    );
  }

  const files = makeBag(payload, { identifier: state.auditId, agent: `supaready ${version}`, readme: README });
  const root = sha256(files.get('tagmanifest-sha256.txt') ?? '');
  const stamp = state.lastEventAt.replace(/[-:]|\.\d+/g, '');
  const environments = state.environments
    .map((environment) => slug(environment.name))
    .join('-')
    .slice(0, 30);
  const top = `supaready-${slug(state.project)}-${environments}-${stamp}-${root.slice(0, 8)}`;
  const path = resolve(request.directory, `${top}.tar`);
  const temporary = `${path}.partial`;
  try {
    mkdirSync(request.directory, { recursive: true });
    await writeTar(temporary, top, files, Math.floor(Date.parse(state.lastEventAt) / 1000));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(
      'bundle-not-written',
      `the bundle could not be written to ${request.directory}: ${(error as Error).message}`,
      'choose another folder with --out, or make room',
      EXIT.unknown,
      error,
    );
  }
  return { path, sha256: root };
}
