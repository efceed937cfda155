import { canonicalJson } from '../core/canonical.ts';
import type { Checklist, CheckText, EnvironmentRef } from '../core/check.ts';
import type { Collected, Facts, Snapshot } from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Gate } from '../core/gate.ts';
import { snapshotOf } from '../core/snapshot.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { AuditStore } from '../state/store.ts';
import { auditResults, SIGN_OFF_SECTION, signedContract } from './audit-facts.ts';
import type { Recorder } from './recorder.ts';

/** The checks of section 7, which judge the others. */
export function signOffChecks(checklist: Checklist): CheckText[] {
  return checklist.sections
    .filter((section) => section.id === SIGN_OFF_SECTION)
    .flatMap((section) => section.checkpoints.flatMap((checkpoint) => checkpoint.checks));
}

function sameResult(left: CheckResult, right: CheckResult | undefined): boolean {
  return right !== undefined && canonicalJson({ ...left, ms: 0 }) === canonicalJson({ ...right, ms: 0 });
}

/** Ids of the checks whose result rests on a stored snapshot with the digests that the journal names. */
function evidenceHolds(store: AuditStore, environment: string): Set<string> {
  const holds = new Set<string>();
  const verified = new Map<string, boolean>();
  for (const result of Object.values(store.state.results[environment] ?? {})) {
    const all = Object.values(result.facets).every((digest) => {
      const known = verified.get(digest) ?? store.blobs.has(digest);
      verified.set(digest, known);
      return known;
    });
    if (all) holds.add(result.check);
  }
  return holds;
}

function contractFacts(
  store: AuditStore,
  snapshotId: string,
): Pick<Facts, 'relations' | 'columns' | 'functions'> | null {
  const { relations, columns, functions } = store.loadSnapshot(snapshotId).facts;
  if (relations?.status !== 'ok' || columns?.status !== 'ok' || functions?.status !== 'ok') return null;
  return { relations: relations.value, columns: columns.value, functions: functions.value };
}

export interface SignOffContext {
  checklist: Checklist;
  recorder: Recorder;
  /** The gate as it stands now. */
  gate: () => Gate;
  evaluate: (check: CheckText, snapshot: Snapshot, environment: EnvironmentRef) => CheckResult;
}

/**
 * Section 7 judges what sections 1–6 came to; taken again after whatever changes that, and recorded where it says something
 * new. No I/O but reading our own evidence.
 */
export async function judgeSignOff({ checklist, recorder, gate, evaluate }: SignOffContext): Promise<void> {
  const checks = signOffChecks(checklist);
  if (checks.length === 0) return;
  const { store } = recorder;
  const judged = gate();
  const { state } = store;
  // Every environment of the audit, also where no target was given: an answer from the command line counts at once.
  for (const environment of state.environments) {
    const { name } = environment;
    const snapshot = recorder.snapshot(name);
    if (!snapshot) continue;
    const evidence = evidenceHolds(store, name);
    const facts: Collected = {
      ...snapshot.facts,
      auditResults: {
        status: 'ok',
        value: auditResults(judged, checklist, (_environment, check) => evidence.has(check)),
        hidden: [],
        ms: 0,
      },
      lastSigned: {
        status: 'ok',
        value: signedContract(state, name, (snapshotId) => contractFacts(store, snapshotId)),
        hidden: [],
        ms: 0,
      },
    };
    const { takenAt, durationMs, source } = snapshot.header;
    const extended = snapshotOf({ environment: name, source, takenAt, durationMs, facts }, snapshot);
    await loadSqlParser();
    const results = checks.map((check) => evaluate(check, extended, environment));
    const known = state.results[name] ?? {};
    if (results.every((result) => sameResult(result, known[result.check]))) continue;
    recorder.save(extended, results);
  }
}
