import type { Checkpoint, CheckText } from '../../core/check.ts';
import type { GateCheck, GateCheckpoint, GateFinding, GateSection } from '../../core/gate.ts';
import type { AuditView } from '../../engine/controller.ts';

/** A checkpoint as declared and as judged. */
export interface FoundCheckpoint {
  gate: GateCheckpoint;
  declared: Checkpoint;
  section: GateSection;
}

interface Index {
  checkpoints: ReadonlyMap<string, FoundCheckpoint>;
  checks: ReadonlyMap<string, { check: CheckText; checkpoint: string }>;
  findings: ReadonlyMap<string, GateFinding>;
}

const indexes = new WeakMap<AuditView, Index>();
const findingKey = (fingerprint: string, environment: string) => `${environment}/${fingerprint}`;

function indexOf(view: AuditView): Index {
  const known = indexes.get(view);
  if (known) return known;
  const declared = new Map<string, Checkpoint>();
  const checks = new Map<string, { check: CheckText; checkpoint: string }>();
  for (const section of view.checklist.sections) {
    for (const checkpoint of section.checkpoints) {
      declared.set(checkpoint.id, checkpoint);
      for (const check of checkpoint.checks) checks.set(check.id, { check, checkpoint: checkpoint.id });
    }
  }
  const checkpoints = new Map<string, FoundCheckpoint>();
  const findings = new Map<string, GateFinding>();
  for (const section of view.gate.sections) {
    for (const gate of section.checkpoints) {
      const own = declared.get(gate.id);
      if (own) checkpoints.set(gate.id, { gate, declared: own, section });
      for (const check of gate.checks) {
        for (const finding of check.findings) {
          findings.set(findingKey(finding.fingerprint, finding.environment), finding);
        }
      }
    }
  }
  const index = { checkpoints, checks, findings };
  indexes.set(view, index);
  return index;
}

/** A checkpoint by its id (`4.1`), or null. */
export function findCheckpoint(view: AuditView, id: string): FoundCheckpoint | null {
  return indexOf(view).checkpoints.get(id) ?? null;
}

/** A declared check and the checkpoint it belongs to, or null. */
export function findCheck(view: AuditView, id: string): { check: CheckText; checkpoint: string } | null {
  return indexOf(view).checks.get(id) ?? null;
}

/** A finding of the latest results, or null once it is gone. */
export function findFinding(view: AuditView, fingerprint: string, environment: string): GateFinding | null {
  return indexOf(view).findings.get(findingKey(fingerprint, environment)) ?? null;
}

/** The result of one check in one environment, or null. */
export function findResult(view: AuditView, check: string, environment: string): GateCheck | null {
  const owner = findCheck(view, check);
  const found = owner && findCheckpoint(view, owner.checkpoint);
  return found?.gate.checks.find((one) => one.id === check && one.environment === environment) ?? null;
}

/** All checkpoints in order. */
export function allCheckpoints(view: AuditView): readonly FoundCheckpoint[] {
  return [...indexOf(view).checkpoints.values()];
}

/** What a selector (`4`, `4.1`, a check id) names: where the wizard opens. */
export function resolveSelector(
  view: AuditView,
  selector: string,
): { checkpoint: string; check: string | null } | null {
  const index = indexOf(view);
  if (index.checkpoints.has(selector)) return { checkpoint: selector, check: null };
  const owner = index.checks.get(selector);
  if (owner) return { checkpoint: owner.checkpoint, check: selector };
  const section = view.gate.sections.find((one) => String(one.id) === selector);
  const first = section?.checkpoints.find((one) => one.state !== 'satisfied') ?? section?.checkpoints[0];
  return first ? { checkpoint: first.id, check: null } : null;
}
