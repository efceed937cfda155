import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Check,
  type Checklist,
  type CheckText,
  checkpointsOf,
  type EnvironmentRef,
  type Parameters,
} from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { Declared } from '../core/facts/audit.ts';
import { FACT_NAMES, type FactName, type Snapshot } from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Gate } from '../core/gate.ts';
import { loadSqlParser } from '../core/sql.ts';
import { fingerprints, SIGN_OFF_SECTION } from './audit-facts.ts';
import { collectSnapshot, factsOf, type OpenShadow, type Target } from './collect.ts';
import type { RunProgress, RunSummary } from './controller.ts';
import { evaluateCheck } from './evaluate.ts';
import { environmentsOf } from './gate.ts';
import { consentsOn } from './probes.ts';
import type { Recorder } from './recorder.ts';
import { refused } from './refused.ts';
import { selectChecks } from './select.ts';
import { judgeSignOff, signOffChecks } from './sign-off.ts';

/** Progress also names what is no facet: a migration being replayed, a table being read. */
const FACTS: ReadonlySet<string> = new Set(FACT_NAMES);

export interface RunnerOptions {
  checklist: Checklist;
  /** The same checklist with what its checks do. */
  loadChecks: () => Promise<Checklist<Check>>;
  targets: readonly Target[];
  repository: string | null;
  migrations: string | null;
  declared: Declared;
  parameters: Readonly<Record<string, Parameters>>;
  openShadow?: OpenShadow | undefined;
}

export interface RunRequest {
  /** Checkpoint, section, check id or glob; empty = all. */
  selectors: readonly string[];
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new UserError(
      'cancelled',
      'the run was cancelled; earlier results stand',
      'run it again when you like',
      EXIT.interrupted,
    );
}

/** Refuses what is no Supabase project: nothing to audit must never look like an audit without findings. */
function assertAuditable(snapshot: Snapshot): void {
  const { database, relations } = snapshot.facts;
  if (database?.status === 'ok' && !database.value.hasSupabaseAuth) {
    throw new UserError(
      'not-supabase',
      `the database “${database.value.name}” has no table auth.users, so it is not a Supabase project's database`,
      'check the connection string (the database of a project is usually called postgres), or audit the migrations with --from-migrations',
      EXIT.unknown,
    );
  }
  if (
    relations?.status === 'ok' &&
    !relations.value.some((relation) => !relation.platform && relation.extension === null)
  ) {
    throw new UserError(
      'empty-database',
      `the database “${database?.status === 'ok' ? database.value.name : ''}” holds no tables or views of yours: there is nothing to audit`,
      'apply your migrations first (supabase db push), or check that the connection string names the right project',
      EXIT.unknown,
    );
  }
}

/** Whether a result was judged over just the facts that a snapshot holds. */
function restsOn(result: CheckResult, check: CheckText, snapshot: Snapshot): boolean {
  return [...check.needs, ...(check.uses ?? [])].every(
    (name) => result.facets[name] === (snapshot.header.facets[name]?.sha256 ?? undefined),
  );
}

/** Runs checks over the targets of an audit, and lets section 7 judge what comes of it. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #recorder: Recorder;
  readonly #gate: () => Gate;
  readonly #now: () => string;
  /** The checks that can be run, by id. */
  #checks: ReadonlyMap<string, Check> | null = null;
  #running = false;

  constructor(options: RunnerOptions, recorder: Recorder, gate: () => Gate, now: () => string) {
    this.#options = options;
    this.#recorder = recorder;
    this.#gate = gate;
    this.#now = now;
  }

  /** As AuditController.run. */
  async run(request: RunRequest): Promise<RunSummary> {
    if (this.#running) throw refused('busy', 'checks are running already', 'wait for them, or cancel them with Ctrl-C');
    const { checklist, targets } = this.#options;
    const checks = selectChecks(checklist, request.selectors);
    const signOff = new Set(signOffChecks(checklist).map((check) => check.id));
    const now = checks.filter((check) => !signOff.has(check.id));
    this.#running = true;
    const started = performance.now();
    try {
      await Promise.all([loadSqlParser(), this.#loadChecks()]);
      const before = this.#results().filter((result) => !signOff.has(result.check));
      const known = fingerprints(before);
      const judged = new Set(before.map((result) => `${result.environment}/${result.check}`));
      const collected = new Set<string>();
      const problems: string[] = [];
      if (now.length > 0) {
        const outcomes = await Promise.allSettled(
          targets.map((target) => this.#runTarget(target, now, request, collected)),
        );
        throwIfAborted(request.signal);
        const failures = outcomes
          .filter((outcome): outcome is PromiseRejectedResult => outcome.status === 'rejected')
          .map(({ reason }) => reason as Error);
        const [first] = failures;
        if (first && failures.length === targets.length) throw first;
        problems.push(
          ...failures.map((failure) =>
            failure instanceof UserError ? `${failure.message}; ${failure.next}` : failure.message,
          ),
        );
      }
      await this.judgeSignOff();
      const after = this.#results().filter((result) => !signOff.has(result.check));
      const standing = fingerprints(after);
      // What a check says the first time is not news: only what has changed since is.
      const comparable = fingerprints(after.filter((result) => judged.has(`${result.environment}/${result.check}`)));
      const bare = (key: string) => key.slice(key.lastIndexOf('/') + 1);
      return {
        fixed: [...known].filter((key) => !standing.has(key)).map(bare),
        appeared: [...comparable].filter((key) => !known.has(key)).map(bare),
        collected: [...collected].sort(),
        ms: Math.round(performance.now() - started),
        problems,
      };
    } finally {
      this.#running = false;
    }
  }

  /** Takes section 7 again after something that may change its verdict. */
  async judgeSignOff(): Promise<void> {
    await this.#loadChecks();
    await judgeSignOff({
      checklist: this.#options.checklist,
      recorder: this.#recorder,
      gate: this.#gate,
      evaluate: (check, snapshot, environment) => this.#evaluate(check, snapshot, environment),
    });
  }

  async #runTarget(
    target: Target,
    checks: readonly CheckText[],
    request: RunRequest,
    collected: Set<string>,
  ): Promise<void> {
    const environment = target.environment.name;
    const startedAt = Date.now();
    const mine = checkpointsOf(this.#options.checklist)
      .filter((checkpoint) => environmentsOf(checkpoint, [target.environment]).length > 0)
      .flatMap((checkpoint) => checkpoint.checks)
      .filter((check) => checks.includes(check));
    const snapshot = await collectSnapshot({
      target,
      repository: this.#options.repository,
      migrations: this.#options.migrations,
      declared: this.#options.declared,
      names: new Set<FactName>([...factsOf(mine), 'relations']),
      previous: this.#recorder.snapshot(environment),
      openShadow: this.#options.openShadow,
      production: this.#productionBeside(target),
      consents: consentsOn(this.#recorder.store.state, target.environment),
      onInterrupted: (interrupted) => this.#recorder.saveInterrupted(interrupted),
      now: this.#now,
      clock: () => performance.now(),
      signal: request.signal,
      onFacet: (facet, done, total) => {
        if (FACTS.has(facet)) collected.add(facet);
        request.onProgress?.({ phase: 'collect', environment, facet, done, total, startedAt });
      },
    });
    assertAuditable(snapshot);
    const results: CheckResult[] = [];
    for (const [index, check] of mine.entries()) {
      throwIfAborted(request.signal);
      request.onProgress?.({
        phase: 'evaluate',
        environment,
        check: check.id,
        done: index,
        total: mine.length,
        startedAt,
      });
      results.push(this.#evaluate(check, snapshot, target.environment, { clock: () => performance.now() }));
      await nextTurn();
    }
    results.push(...this.#overtaken(target.environment, snapshot, mine));
    throwIfAborted(request.signal);
    request.onProgress?.({ phase: 'save', environment, startedAt });
    this.#recorder.save(snapshot, results);
  }

  /**
   * Checks outside the selection whose facts this run has brought anew: judged again over them, so that a fix in one
   * checkpoint leaves no other stale, and what is recorded always follows from the latest facts (a bundle holds no others).
   * They keep their age, since not all of their facts are new.
   */
  #overtaken(environment: EnvironmentRef, snapshot: Snapshot, judged: readonly CheckText[]): CheckResult[] {
    const results = this.#recorder.store.state.results[environment.name] ?? {};
    const done = new Set(judged.map((check) => check.id));
    return checkpointsOf(this.#options.checklist)
      .filter((checkpoint) => !checkpoint.id.startsWith(`${SIGN_OFF_SECTION}.`))
      .flatMap((checkpoint) => checkpoint.checks)
      .flatMap((check) => {
        const before = results[check.id];
        if (!before || done.has(check.id) || restsOn(before, check, snapshot)) return [];
        return [this.#evaluate(check, snapshot, environment, { now: before.evaluatedAt })];
      });
  }

  async #loadChecks(): Promise<void> {
    if (this.#checks !== null) return;
    const loaded = checkpointsOf(await this.#options.loadChecks()).flatMap(({ checks }) => checks);
    this.#checks = new Map(loaded.map((check) => [check.id, check]));
  }

  #evaluate(
    { id }: CheckText,
    snapshot: Snapshot,
    environment: EnvironmentRef,
    timing: { clock?: () => number; now?: string } = {},
  ): CheckResult {
    const { parameters } = this.#options;
    const check = this.#checks?.get(id);
    if (check === undefined) throw new Error(`the check ${id} was not loaded`);
    return evaluateCheck(check, {
      snapshot,
      environment,
      parameters,
      now: snapshot.header.takenAt,
      ...timing,
    });
  }

  #results(): CheckResult[] {
    return Object.values(this.#recorder.store.state.results).flatMap((results) => Object.values(results));
  }

  /** The live production target of this run, seen from another environment. */
  #productionBeside(target: Target): Target | null {
    if (target.environment.kind === 'production') return null;
    const { targets } = this.#options;
    return targets.find(({ environment: { kind, source } }) => kind === 'production' && source === 'live') ?? null;
  }
}
