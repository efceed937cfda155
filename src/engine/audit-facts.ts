import { type Checklist, checkpointsOf } from '../core/check.ts';
import type { Facts } from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Gate } from '../core/gate.ts';
import { tableOf } from '../core/object.ts';
import type { AuditState } from '../core/state.ts';

export const SIGN_OFF_SECTION = 7;

/**
 * What section 7 judges: the results of sections 1–6 with the state of each finding, and whether each result's evidence is
 * there. `hasEvidence` tells whether a result's snapshot and blobs are stored with the digests the journal names.
 */
export function auditResults(
  gate: Gate,
  checklist: Checklist,
  hasEvidence: (environment: string, check: string) => boolean,
): Facts['auditResults'] {
  const declared = new Map(
    checkpointsOf(checklist).flatMap(({ checks }) => checks.map((check) => [check.id, check] as const)),
  );
  const results: Facts['auditResults']['results'] = [];
  const unsatisfied: string[] = [];
  for (const section of gate.sections) {
    if (section.id === SIGN_OFF_SECTION) continue;
    for (const checkpoint of section.checkpoints) {
      if (checkpoint.ownState !== 'satisfied') unsatisfied.push(checkpoint.id);
      for (const check of checkpoint.checks) {
        if (check.status === 'not-run') continue;
        results.push({
          environment: check.environment,
          checkpoint: checkpoint.id,
          check: check.id,
          matrix: declared.get(check.id)?.matrix ?? null,
          status: check.status,
          evidence: hasEvidence(check.environment, check.id),
          ...(check.attestedBy !== null && { attested: true }),
          findings: check.findings.map((finding) => {
            const table = tableOf(finding.object);
            return {
              fingerprint: finding.fingerprint,
              severity: finding.severity,
              state: finding.state,
              table: table && [table.schema, table.name],
            };
          }),
        });
      }
    }
  }
  return { results, unsatisfied };
}

/** Tables, columns and functions as they stood at the last sign-off, from its snapshot's facts. */
export function signedContract(
  state: AuditState,
  environment: string,
  load: (snapshotId: string) => Pick<Facts, 'relations' | 'columns' | 'functions'> | null,
): Facts['lastSigned'] {
  const signed = state.signOffs.at(-1);
  const snapshotId = signed?.snapshots[environment];
  if (!signed || !snapshotId) return null;
  const facts = load(snapshotId);
  if (!facts) return null;
  const columns = new Map<string, { name: string; type: string; notNull: boolean }[]>();
  for (const { schema, relation, name, type, notNull } of facts.columns) {
    const key = `${schema}\u0000${relation}`;
    const list = columns.get(key) ?? [];
    list.push({ name, type, notNull });
    columns.set(key, list);
  }
  return {
    at: signed.at,
    snapshotId,
    relations: facts.relations
      .filter((relation) => !relation.platform && relation.extension === null)
      .map(({ schema, name }) => ({ schema, name, columns: columns.get(`${schema}\u0000${name}`) ?? [] })),
    functions: facts.functions
      .filter((fn) => !fn.platform && fn.extension === null)
      .map((fn) => ({ schema: fn.schema, name: fn.name, arguments: fn.arguments })),
  };
}

/** Fingerprints of a set of results. */
export function fingerprints(results: readonly CheckResult[]): Set<string> {
  return new Set(
    results.flatMap((result) => result.findings.map((finding) => `${result.environment}/${finding.fingerprint}`)),
  );
}
