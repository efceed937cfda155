import type { Checklist, ReviewItem } from '../core/check.ts';
import type { Person } from '../core/events.ts';
import type { Finding } from '../core/finding.ts';
import type { Gate } from '../core/gate.ts';
import type { MatrixRow } from '../core/matrix.ts';
import type { Policy } from '../core/policy.ts';
import type { AuditState } from '../core/state.ts';
import type { Exposure } from './exposure.ts';

/** What the wizard draws: replaced as a whole after every change, never mutated. */
export interface AuditView {
  state: AuditState;
  gate: Gate;
  matrix: readonly MatrixRow[];
  checklist: Checklist;
  /** Path of the audit's folder. */
  directory: string;
  /** ISO time of the last entry that is safely on disk. */
  savedAt: string;
  /** True when another terminal holds the audit: everything can be looked at, nothing changed. */
  readOnly: boolean;
  /** Who holds it, when readOnly. */
  holder: string | null;
  /** Demo only: whether the fix of a finding can be applied from here; null where supaready never applies fixes. */
  canApply: ((finding: Finding) => boolean) | null;
  /** The rules of the gate in force. */
  policy: Policy;
  /** Number of tables of the user's schemas, by environment, once collected. */
  tables: Readonly<Record<string, number>>;
  /** Extensions that the replay of the migrations had to stand in for by signatures, by environment; see report/stand-ins.ts. */
  standIns?: Readonly<Record<string, readonly string[]>>;
  /** Who reaches what: worked out for reports alone, since it takes the SQL parser. */
  exposure?: readonly Exposure[];
}

/** Progress of a run, in order: collect* → evaluate* → done. */
export type RunProgress =
  | { phase: 'collect'; environment: string; facet: string; done: number; total: number; startedAt: number }
  | { phase: 'evaluate'; environment: string; check: string; done: number; total: number; startedAt: number }
  | { phase: 'save'; environment: string; startedAt: number };

/** What a re-check changed. */
export interface RunSummary {
  /** Fingerprints that are gone, and that are new, since the result before. */
  fixed: readonly string[];
  appeared: readonly string[];
  /** Facets collected again. */
  collected: readonly string[];
  ms: number;
  /** Collectors that failed, in words with the next step. */
  problems: readonly string[];
}

export interface AttestInput {
  checkpoint: string;
  /** Id of the question, or null with `covers`. */
  attestation: string | null;
  covers?: { check: string; environment: string };
  status: 'passed' | 'failed' | 'na';
  answer: string;
  /** Paths of files, or links. */
  evidence: readonly string[];
  /** Names of the items of the question's review that were said yes to. */
  approved?: readonly string[];
}

/** What is to be gone through before a question is answered. */
export interface OpenReview {
  items: readonly ReviewItem[];
  /** The file that what is approved will be written to, or null. */
  writes: string | null;
}

export interface WaiveInput {
  fingerprint: string;
  environment: string;
  reason: string;
  risk: string;
  compensating: string;
  owner: string;
  days: number;
}

/**
 * The audit as seen by a front end (wizard, plain mode, commands): read the view, send intents. Every intent that returns
 * has been written and synced to the journal. All reject with UserError when refused (locked section, read-only, unknown id).
 */
export interface AuditController {
  view(): AuditView;
  /** Called after every change; returns the unsubscriber. */
  subscribe(listener: () => void): () => void;
  /** Collects what the checks selected need and evaluates them. An aborted run leaves the earlier results standing. */
  run(options: {
    /** Checkpoint, section, check id or glob; empty = all. */
    selectors: readonly string[];
    signal?: AbortSignal;
    onProgress?: (progress: RunProgress) => void;
  }): Promise<RunSummary>;
  /** What a question's review goes through, as the facts have it now; null where it has none, or nothing is known. */
  review(checkpoint: string, attestation: string): Promise<OpenReview | null>;
  attest(input: AttestInput, by: Person): Promise<void>;
  waive(input: WaiveInput, by: Person): Promise<void>;
  acknowledge(input: { fingerprint: string; environment: string; note: string }, by: Person): Promise<void>;
  approve(target: string, by: Person): Promise<void>;
  /** Agrees to a probe (src/engine/probes.ts) on every live environment of the run. */
  consent(probe: string, by: Person): Promise<void>;
  revoke(target: string, reason: string, by: Person): Promise<void>;
  sign(statement: string, by: Person): Promise<void>;
  /** Demo only: mends what the finding is about. */
  applyFix(fingerprint: string, environment: string): Promise<void>;
  /** Writes the fix as a new migration file; returns its path. */
  writeMigration(fingerprint: string, environment: string): Promise<string>;
  /** Writes the bundle; returns its path and digest. */
  bundle(directory?: string): Promise<{ path: string; sha256: string }>;
  /** Supabase Studio page of a finding's object, or null when the project ref is not known. */
  studioUrl(fingerprint: string, environment: string): string | null;
  close(): Promise<void>;
}
