import { findingsOf, type Gate, type GateFinding } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import { refused } from './refused.ts';

/** Shorter beginnings of a fingerprint are too easily another finding's, tomorrow if not today. */
const LEAST = 6;

/**
 * The finding whose fingerprint begins with the text given, in one environment or in whichever has it.
 * Throws UserError (exit 2): `unknown-finding`; `ambiguous-finding` when it fits two defects, or one defect in two environments.
 */
export function findFinding(gate: Gate, fingerprint: string, environment?: string): GateFinding {
  const hits = findingsOf(gate).filter(
    (finding) =>
      finding.fingerprint.startsWith(fingerprint) && (environment === undefined || finding.environment === environment),
  );
  const [first] = hits;
  if (!first || fingerprint.length < LEAST) {
    throw refused(
      'unknown-finding',
      `no finding${environment === undefined ? '' : ` in ${environment}`} has a fingerprint that starts with “${fingerprint}”`,
      `\`supaready status --findings\` lists them; give at least ${LEAST} characters`,
    );
  }
  const other = hits.find((hit) => hit.fingerprint !== first.fingerprint);
  if (other) {
    throw refused(
      'ambiguous-finding',
      `“${fingerprint}” fits ${describeObject(first.object)} (${first.check}) and ${describeObject(other.object)} (${other.check})`,
      'give more characters',
    );
  }
  const elsewhere = hits.find((hit) => hit.environment !== first.environment);
  if (elsewhere) {
    throw refused(
      'ambiguous-finding',
      `“${fingerprint}” stands in ${[...new Set(hits.map((hit) => hit.environment))].join(' and in ')}`,
      'say which one with --env NAME',
    );
  }
  return first;
}
