import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../core/canonical.ts';
import { type Check, type Checklist, checkpointsOf } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import { resultSetSchema } from '../core/events.ts';
import { type Collected, type Snapshot, snapshotHeaderSchema } from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Decision } from '../core/gate.ts';
import { policySchema } from '../core/policy.ts';
import { snapshotOf } from '../core/snapshot.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { AuditState } from '../core/state.ts';
import type { AuditView } from '../engine/controller.ts';
import { evaluateCheck } from '../engine/evaluate.ts';
import { exposureOf } from '../engine/exposure.ts';
import { evaluateGate } from '../engine/gate.ts';
import { buildMatrix, standInsOf, tablesOf } from '../engine/matrix.ts';
import { scanJournal } from '../state/journal-scan.ts';
import { reduce } from '../state/reducer.ts';
import { checkBag, type Problem } from './bag.ts';
import { projections, slug } from './payload.ts';
import { ArchiveProblem, Intake, readTar } from './tar.ts';

/** What `verify` found out. `holds` only when nothing is wrong. */
export interface Verification {
  schema: 'supaready.verify/v1';
  /** sha256 of tagmanifest-sha256.txt: the bundle's identity. */
  digest: string | null;
  auditId: string | null;
  project: string | null;
  decision: Decision | null;
  /** The time the decision was taken at, ISO 8601: that of the audit's last entry. What was fresh then may have gone stale. */
  asOf: string | null;
  /** Version that wrote it. */
  toolVersion: string | null;
  /** Who signed that decision off, ISO 8601 UTC; null when nobody has, or what they signed has changed since. */
  signed: { by: string; at: string } | null;
  problems: Problem[];
  /** Results whose verdict was derived again from the facts, and those that could not be, with the reason. */
  replayed: number;
  notReplayed: { environment: string; check: string; reason: string }[];
  /** INTACT: complete and unchanged. REPLAYED: verdicts, gate and reports follow from the facts too. BROKEN: neither. */
  tier: 'BROKEN' | 'INTACT' | 'REPLAYED';
}

const runSchema = z.object({
  schema: z.literal('supaready.run/v1'),
  tool: z.object({ name: z.literal('supaready'), version: z.string() }),
  policy: policySchema,
  parameters: z.record(
    z.string(),
    z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.string())])),
  ),
});

async function readBundle(path: string): Promise<Map<string, Buffer>> {
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(path);
  } catch (error) {
    throw new UserError('bundle-unreadable', `there is no bundle ${path}`, 'check the path', EXIT.unknown, error);
  }
  if (!stat.isDirectory()) return (await readTar(path)).files;
  const files = new Map<string, Buffer>();
  const intake = new Intake();
  const visit = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      const name = relative(path, full).split(sep).join('/');
      if (entry.isDirectory()) visit(full);
      else if (!entry.isFile())
        throw new ArchiveProblem('not-a-file', `the bundle holds something that is no file: ${name}`);
      else {
        intake.accept(name, statSync(full).size);
        files.set(name, readFileSync(full));
      }
    }
  };
  visit(path);
  return files;
}

/** The facts of one environment as bundled, with every digest checked. */
function readSnapshot(files: ReadonlyMap<string, Buffer>, environment: string, problems: Problem[]): Snapshot | null {
  const folder = `data/snapshot/${slug(environment)}`;
  const headerFile = files.get(`${folder}/header.json`);
  if (!headerFile) {
    problems.push({ code: 'snapshot-missing', message: `the facts of ${environment} are missing` });
    return null;
  }
  const header = snapshotHeaderSchema.parse(JSON.parse(headerFile.toString('utf8')));
  const facts: Record<string, unknown> = {};
  for (const [name, facet] of Object.entries(header.facets)) {
    if (facet.status !== 'ok') {
      facts[name] = { status: facet.status, reason: facet.reason ?? '', ms: facet.ms };
      continue;
    }
    const file = `${folder}/facts/${slug(name.replace(/[A-Z]/g, (letter) => `-${letter}`))}.json`;
    const bytes = files.get(file);
    if (!bytes || sha256(bytes) !== facet.sha256) {
      problems.push({ code: 'fact-altered', message: `${file} is not what its snapshot names` });
      return null;
    }
    facts[name] = { status: 'ok', value: JSON.parse(bytes.toString('utf8')), hidden: facet.hidden, ms: facet.ms };
  }
  const { source, takenAt, durationMs } = header;
  const rebuilt = snapshotOf({
    environment: header.environment,
    source,
    takenAt,
    durationMs,
    facts: facts as Collected,
  });
  if (rebuilt.header.id !== header.id) {
    problems.push({
      code: 'snapshot-altered',
      message: `the snapshot of ${environment} does not have the digest it claims`,
    });
    return null;
  }
  return { header, facts: rebuilt.facts };
}

/** A result without what differs between two honest runs: how long it took. */
function comparable(result: CheckResult): string {
  return canonicalJson({ ...result, ms: 0, evaluatedAt: '', snapshotId: '' });
}

function replay(
  state: AuditState,
  snapshots: ReadonlyMap<string, Snapshot>,
  checks: ReadonlyMap<string, Check>,
  run: z.infer<typeof runSchema>,
  outcome: Verification,
): void {
  for (const environment of state.environments) {
    const snapshot = snapshots.get(environment.name);
    if (!snapshot) continue;
    for (const recorded of Object.values(state.results[environment.name] ?? {})) {
      const check = checks.get(recorded.check);
      const skip = (reason: string) =>
        outcome.notReplayed.push({ environment: environment.name, check: recorded.check, reason });
      if (!check) {
        skip('this version does not have the check');
        continue;
      }
      if (check.rev !== recorded.rev) {
        skip(`recorded with revision ${recorded.rev}, this version has ${check.rev}`);
        continue;
      }
      if (Object.entries(recorded.facets).some(([name, digest]) => snapshot.header.facets[name]?.sha256 !== digest)) {
        skip('its facts are older than the bundled snapshot');
        continue;
      }
      const again = evaluateCheck(check, {
        snapshot,
        environment,
        parameters: run.parameters,
        now: recorded.evaluatedAt,
      });
      outcome.replayed += 1;
      if (comparable(again) !== comparable(recorded)) {
        outcome.problems.push({
          code: 'result-differs',
          message: `${recorded.check} in ${environment.name} is recorded as ${recorded.status} with ${recorded.findings.length} findings, but its facts give ${again.status} with ${again.findings.length}`,
        });
      }
    }
  }
}

/** What a bundle that holds is made of. */
export interface BundleContent {
  /** Verbatim. */
  journal: Buffer;
  /** What the journal names by digest: results and attachments. */
  blobs: Buffer[];
  /** The last one of each environment. */
  snapshots: Snapshot[];
}

/**
 * Checks a bundle offline: archive, manifests both ways, journal chain, facts, then derives results, gate and reports again
 * and compares. Nothing is parsed before its digest was checked. Throws UserError (exit 3) only when there is nothing to read.
 */
export async function verifyBundle(
  path: string,
  options: { checklist: Checklist<Check>; version: string },
): Promise<Verification> {
  return (await openBundle(path, options)).outcome;
}

/** verifyBundle, with what the bundle holds: null where it does not hold. */
export async function openBundle(
  path: string,
  options: { checklist: Checklist<Check>; version: string },
): Promise<{ outcome: Verification; content: BundleContent | null }> {
  const outcome: Verification = {
    schema: 'supaready.verify/v1',
    digest: null,
    auditId: null,
    project: null,
    decision: null,
    asOf: null,
    toolVersion: null,
    signed: null,
    problems: [],
    replayed: 0,
    notReplayed: [],
    tier: 'BROKEN',
  };
  let files: Map<string, Buffer>;
  try {
    files = await readBundle(path);
  } catch (error) {
    if (!(error instanceof ArchiveProblem)) throw error;
    if (error.code === 'not-a-tar')
      throw new UserError(
        'bundle-unreadable',
        error.message,
        'give the .tar that `supaready bundle` wrote, or its unpacked folder',
        EXIT.unknown,
        error,
      );
    outcome.problems.push({ code: error.code, message: error.message });
    return { outcome, content: null };
  }
  outcome.digest = sha256(files.get('tagmanifest-sha256.txt') ?? '');
  outcome.problems.push(...checkBag(files));
  if (outcome.problems.length > 0) return { outcome, content: null };
  let content: BundleContent | null = null;
  try {
    content = await verifyContent(files, options, outcome);
  } catch (error) {
    outcome.problems.push({
      code: 'content-invalid',
      message: `its content cannot be read: ${(error as Error).message.split('\n')[0]}`,
    });
  }
  return { outcome, content: outcome.tier === 'BROKEN' ? null : content };
}

async function verifyContent(
  files: ReadonlyMap<string, Buffer>,
  options: { checklist: Checklist<Check>; version: string },
  outcome: Verification,
): Promise<BundleContent | null> {
  const file = (name: string) => {
    const bytes = files.get(`data/${name}`);
    if (!bytes) throw new Error(`data/${name} is missing`);
    return bytes;
  };
  const scan = scanJournal(file('journal.jsonl'));
  if (scan.rest !== null) {
    const where = scan.rest.kind === 'torn' ? 'its last line is cut off' : `line ${scan.rest.line}: ${scan.rest.why}`;
    outcome.problems.push({ code: 'journal-broken', message: `the journal's chain does not hold: ${where}` });
    return null;
  }
  const blob = (digest: string) => {
    const bytes = file(`blobs/sha256/${digest}`);
    if (sha256(bytes) !== digest) throw new Error(`blob ${digest.slice(0, 12)} is not what its name says`);
    return bytes;
  };
  const state = reduce(scan.events, (ref) => resultSetSchema.parse(JSON.parse(blob(ref.sha256).toString('utf8'))));
  for (const attestation of state.attestations)
    for (const { sha256: digest } of attestation.evidence) if (digest !== null) blob(digest);
  const run = runSchema.parse(JSON.parse(file('run.json').toString('utf8')));
  outcome.auditId = state.auditId;
  outcome.project = state.project;
  outcome.toolVersion = run.tool.version;

  const snapshots = new Map<string, Snapshot>();
  for (const known of Object.values(state.snapshots)) {
    const snapshot = readSnapshot(files, known.environment, outcome.problems);
    if (!snapshot) continue;
    if (snapshot.header.id !== known.snapshotId)
      outcome.problems.push({
        code: 'snapshot-foreign',
        message: `the facts of ${known.environment} are not those of the journal's last snapshot`,
      });
    snapshots.set(known.environment, snapshot);
  }
  if (outcome.problems.length > 0) return null;

  await loadSqlParser();
  const { checklist } = options;
  replay(
    state,
    snapshots,
    new Map(checkpointsOf(checklist).flatMap(({ checks }) => checks.map((check) => [check.id, check] as const))),
    run,
    outcome,
  );

  const gate = evaluateGate(state, checklist, run.policy, state.lastEventAt);
  outcome.decision = gate.decision;
  outcome.asOf = state.lastEventAt;
  outcome.signed = gate.signed && { by: gate.signed.by, at: gate.signed.at };
  const view: AuditView = {
    state,
    gate,
    checklist,
    matrix: buildMatrix(gate, checklist, tablesOf(snapshots.values())),
    tables: {},
    standIns: standInsOf(snapshots.values()),
    exposure: exposureOf(snapshots.values()),
    directory: '',
    savedAt: state.lastEventAt,
    readOnly: true,
    holder: null,
    canApply: null,
    policy: run.policy,
  };
  if (run.tool.version === options.version) {
    const again = projections({
      view,
      gate,
      events: scan.events,
      version: run.tool.version,
      policy: run.policy,
      parameters: run.parameters,
    });
    for (const [name, bytes] of again) {
      if (!files.get(`data/${name}`)?.equals(bytes))
        outcome.problems.push({
          code: 'report-differs',
          message: `data/${name} does not follow from the journal and the facts`,
        });
    }
  }
  if (outcome.problems.length > 0) return null;
  outcome.tier = run.tool.version === options.version && outcome.notReplayed.length === 0 ? 'REPLAYED' : 'INTACT';
  const blobs = [...files].flatMap(([name, bytes]) => (name.startsWith('data/blobs/sha256/') ? [bytes] : []));
  return { journal: file('journal.jsonl'), blobs, snapshots: [...snapshots.values()] };
}
