import type { FactName, Facts } from './facts.ts';
import type { FindingDraft } from './finding.ts';
import type { Severity } from './severity.ts';
import { counted } from './text.ts';

export type EnvironmentKind = 'development' | 'preview' | 'staging' | 'production';
export interface EnvironmentRef {
  name: string;
  kind: EnvironmentKind;
  /** `live`: a running database. `from-migrations`: the repository's migrations replayed into a throw-away one. */
  source: 'live' | 'from-migrations';
  /** host:port/database, never a credential; null when replayed from migrations. */
  target: string | null;
}

/** The columns of the sign-off matrix (checkpoint 7.1). */
export const MATRIX_COLUMNS = ['Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring'] as const;
export type MatrixColumn = (typeof MATRIX_COLUMNS)[number];

export type ParameterValue = number | string | boolean | readonly string[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** What `evaluate` returns. */
export type CheckOutcome =
  | { kind: 'evaluated'; lookedAt: { count: number; text: string }; findings: FindingDraft[] }
  | { kind: 'not-applicable'; reason: string }
  | { kind: 'skipped'; reason: string };

/** The check ran over `count` objects. With none, and no findings, the engine makes it not-applicable: never a vacuous pass. */
export function evaluated(count: number, noun: string, findings: FindingDraft[], plural?: string): CheckOutcome {
  return { kind: 'evaluated', lookedAt: { count, text: counted(count, noun, plural) }, findings };
}
/** The rule has no meaning for this project. */
export function notApplicable(reason: string): CheckOutcome {
  return { kind: 'not-applicable', reason };
}
/** The rule could not be judged; say what would make it run. Never green. */
export function skipped(reason: string): CheckOutcome {
  return { kind: 'skipped', reason };
}

export interface CheckContext<N extends FactName, O extends FactName, P extends Parameters> {
  facts: Pick<Facts, N> & Partial<Pick<Facts, O>>;
  parameters: P;
  environment: EnvironmentRef;
  /** ISO 8601 UTC; the only clock a check may use. */
  now: string;
}

/** One automatic rule. Pure: same facts, parameters and now, same outcome; so `verify` can replay it offline. */
export interface Check<N extends FactName = FactName, O extends FactName = FactName, P extends Parameters = Parameters>
  extends CheckText<N, O, P> {
  evaluate(context: CheckContext<N, O, P>): CheckOutcome;
}

/** A check without what it does: all that screens, gate and documents are made of, and no more than data. */
export interface CheckText<
  N extends FactName = FactName,
  O extends FactName = FactName,
  P extends Parameters = Parameters,
> {
  /** Kebab-case, stable for ever. */
  id: string;
  /** Raised when the rule changes, so that old results become stale. */
  rev: number;
  /** What must hold, as a sentence. */
  title: string;
  /** What happens to users or the team when it does not hold. At most two sentences. */
  why: string;
  /** Severity of a finding that names none. */
  severity: Severity;
  /** Letter of the sub-item of its checkpoint (`2.2c`), where there are any. */
  item?: string;
  /** Names users know the rule by elsewhere: Supabase lint names, squawk rules. */
  aliases?: readonly string[];
  /** The document or catalogue column the rule rests on. */
  source: string;
  /** How to put it right, in words, for `explain`. */
  remedy: string;
  /** Known false alarms and how the check avoids them. */
  falseAlarms?: string;
  matrix?: MatrixColumn;
  /**
   * What about their objects the findings are about, where it is not their definition: `rls`, `not null`, `grants` …
   * (core/facts/origin.ts). The engine then points at the statement that decided it.
   */
  aspect?: string;
  /** Facts without which the check is skipped by construction. */
  needs: readonly N[];
  /** Facts that sharpen the verdict when they are there. */
  uses?: readonly O[];
  /** Defaults; overridden by `parameters.<check id>` of the configuration. */
  parameters?: P;
}

/** Declares a check with its fact types inferred from `needs` and `uses`. */
export function defineCheck<
  const N extends FactName,
  const O extends FactName = never,
  P extends Parameters = Record<never, never>,
>(check: Check<N, O, P>): Check {
  return check as unknown as Check;
}

/** One thing among those a question is about, with what is known of it. */
export interface ReviewItem {
  name: string;
  lines: readonly string[];
}

/** What a person goes through one by one before a question is answered. */
export interface Review<N extends FactName = FactName> {
  /** Asked of each item; yes is what may stay. */
  ask: string;
  /** Facts without which there is nothing to go through. */
  needs: readonly N[];
  /** Facts that sharpen it. */
  uses?: readonly FactName[];
  /** Where what is said yes to is written down: the access contract, when the repository has none yet. */
  writes?: 'access-contract';
  items(facts: Pick<Facts, N> & Partial<Facts>): readonly ReviewItem[];
}

/** Declares a review with its fact types inferred from `needs`. */
export function defineReview<const N extends FactName>(review: Review<N>): Review {
  return review as unknown as Review;
}

/** A question that only a person can answer. */
export interface Attestation {
  /** Kebab-case, unique within its checkpoint. */
  id: string;
  question: string;
  /** What a good answer says, or where to look. */
  hint?: string;
  /** confirm: yes / no with an optional note. text: an answer in words (never empty). */
  kind: 'confirm' | 'text';
  required: boolean;
  /** Whether a file or link must be attached. */
  evidence: 'none' | 'optional' | 'required';
  review?: Review;
  /** Days until it must be given again. Default 90. */
  validForDays?: number;
  /** The facts it is given over: when their digest changes it goes stale. */
  binds?: readonly FactName[];
  /** Needs a second person when `policy.fourEyes` is on. */
  fourEyes?: boolean;
}

/** One numbered item of the mission. The file that declares it is the whole truth about it. */
export interface Checkpoint<C extends CheckText = CheckText> {
  /** `2.2` */
  id: string;
  /** What is true when it is satisfied. */
  title: string;
  /** Why it is asked before a launch, in one to three sentences. */
  intent: string;
  source: string;
  /** Names of sub-items, by letter. */
  items?: Readonly<Record<string, string>>;
  checks: readonly C[];
  attestations: readonly Attestation[];
  /** Environment kinds it applies to; all when absent. */
  environments?: readonly EnvironmentKind[];
}

export interface Section<C extends CheckText = CheckText> {
  id: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** One or two words for the wizard's top line. */
  name: string;
  title: string;
  checkpoints: readonly Checkpoint<C>[];
}

/** With `C` = Check it can judge; the text alone cannot (steps/checklist.ts, loadChecks). */
export interface Checklist<C extends CheckText = CheckText> {
  /** Raised when checkpoints or questions change meaning. */
  version: string;
  sections: readonly Section<C>[];
}

export function checkpointsOf<C extends CheckText>(checklist: Checklist<C>): Checkpoint<C>[] {
  return checklist.sections.flatMap((section) => section.checkpoints);
}
