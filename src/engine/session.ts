import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalJson } from '../core/canonical.ts';
import { type Check, type Checklist, type Checkpoint, checkpointsOf, type Parameters } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { NewEvent, Person } from '../core/events.ts';
import type { Declared } from '../core/facts/audit.ts';
import {
  type Collected,
  type FactName,
  type Facts,
  type Relation,
  type Snapshot,
  VOLATILE_FACTS,
} from '../core/facts.ts';
import type { CheckResult, Finding } from '../core/finding.ts';
import type { Policy } from '../core/policy.ts';
import { snapshotOf } from '../core/snapshot.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { AuditStore } from '../state/store.ts';
import {
  type ActContext,
  acknowledgeEvent,
  approveEvent,
  attestEvent,
  findFinding,
  refused,
  revokeEvent,
  signEvent,
  waiveEvent,
} from './acts.ts';
import { auditResults, fingerprints, SIGN_OFF_SECTION, signedContract } from './audit-facts.ts';
import { collectSnapshot, factsOf, type OpenShadow, type Target } from './collect.ts';
import type { AttestInput, AuditController, AuditView, RunProgress, RunSummary, WaiveInput } from './controller.ts';
import { evaluateCheck } from './evaluate.ts';
import { evaluateGate } from './gate.ts';
import { buildMatrix, matrixTables } from './matrix.ts';
import { consentEvents, consentsOn } from './probes.ts';
import { selectChecks } from './select.ts';
import { studioPage } from './studio.ts';

export interface SessionOptions {
  store: AuditStore;
  checklist: Checklist;
  policy: Policy;
  /** One for each environment; none when the audit is only looked at. */
  targets: readonly Target[];
  repository: string | null;
  migrations: string | null;
  declared: Declared;
  parameters: Readonly<Record<string, Parameters>>;
  /** Where migrations are replayed beside a live database; the embedded PostgreSQL unless given. */
  openShadow?: OpenShadow | undefined;
  /** Who holds the audit when it is only followed. */
  holder?: string | null;
  /** Writes the bundle; given by the command layer, since evidence stands above the engine. */
  writeBundle: (
    store: AuditStore,
    view: AuditView,
    directory: string | undefined,
  ) => Promise<{ path: string; sha256: string }>;
  /** Demo only: mends what a finding is about, in its database or its repository; resolves to the number of changes made. */
  applyFix?: (target: Target, finding: Finding) => Promise<number>;
  /** Demo only: whether `applyFix` can. */
  canApply?: (finding: Finding) => boolean;
  now?: () => string;
}

type ContractFacts = Pick<Facts, 'relations' | 'columns' | 'functions'>;

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

function snapshotEvent({ header }: Snapshot): NewEvent {
  const { id: snapshotId, environment, source, takenAt, durationMs } = header;
  const facets = Object.fromEntries(
    Object.entries(header.facets).map(([name, { status, sha256, reason, hidden }]) => [
      name,
      { status, sha256, reason, hidden },
    ]),
  );
  return { type: 'snapshot', data: { snapshotId, environment, source, takenAt, durationMs, facets } };
}

/** An open audit: the one implementation of AuditController. */
export class AuditSession implements AuditController {
  readonly #options: SessionOptions;
  readonly #store: AuditStore;
  readonly #now: () => string;
  readonly #listeners = new Set<() => void>();
  readonly #snapshots = new Map<string, Snapshot | null>();
  #view: AuditView | null = null;
  #running = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#now = options.now ?? (() => new Date().toISOString());
  }

  view(): AuditView {
    this.#view ??= this.#buildView();
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async run(options: {
    selectors: readonly string[];
    signal?: AbortSignal;
    onProgress?: (progress: RunProgress) => void;
  }): Promise<RunSummary> {
    this.#assertWritable();
    if (this.#running) throw refused('busy', 'checks are running already', 'wait for them, or cancel them with Ctrl-C');
    const { checklist, targets } = this.#options;
    const checks = selectChecks(checklist, options.selectors);
    const signOff = new Set(this.#signOffChecks().map((check) => check.id));
    const now = checks.filter((check) => !signOff.has(check.id));
    this.#running = true;
    const started = performance.now();
    try {
      await loadSqlParser();
      const before = this.#results().filter((result) => !signOff.has(result.check));
      const known = fingerprints(before);
      const judged = new Set(before.map((result) => `${result.environment}/${result.check}`));
      const collected = new Set<string>();
      const problems: string[] = [];
      if (now.length > 0) {
        const outcomes = await Promise.allSettled(
          targets.map((target) => this.#runTarget(target, now, options, collected)),
        );
        throwIfAborted(options.signal);
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
      await this.#judgeSignOff();
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

  async attest(input: AttestInput, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(await attestEvent(this.#act(by), input, this.#store.blobs));
  }

  async waive(input: WaiveInput, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(waiveEvent(this.#act(by), input));
  }

  async acknowledge(input: { fingerprint: string; environment: string; note: string }, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(acknowledgeEvent(this.#act(by), input));
  }

  async approve(target: string, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(approveEvent(this.#act(by), target));
  }

  async consent(probe: string, by: Person): Promise<void> {
    this.#assertWritable();
    const events = consentEvents(
      this.#store.state,
      this.#options.targets.map(({ environment }) => environment),
      probe,
      by,
    );
    for (const event of events) await this.#record(event);
  }

  async revoke(target: string, reason: string, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(revokeEvent(this.#act(by), target, reason));
  }

  async sign(statement: string, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(signEvent(this.#act(by), statement));
  }

  async applyFix(fingerprint: string, environment: string): Promise<void> {
    this.#assertWritable();
    const { applyFix, canApply, targets } = this.#options;
    const target = targets.find((one) => one.environment.name === environment);
    if (!applyFix || !target) {
      throw refused(
        'fixes-are-yours',
        'supaready applies fixes to its own demo only',
        'copy the SQL, or write it as a migration',
      );
    }
    const finding = findFinding(this.view(), fingerprint, environment);
    if (canApply?.(finding) === false) {
      throw refused(
        'no-fix-to-apply',
        'this finding is mended by hand',
        finding.fix.command ?? 'read the explanation, or waive it',
      );
    }
    const statements = await applyFix(target, finding);
    const data = { fingerprint: finding.fingerprint, environment, check: finding.check, statements };
    await this.#record({ type: 'fix', data });
  }

  async writeMigration(fingerprint: string, environment: string): Promise<string> {
    const finding = findFinding(this.view(), fingerprint, environment);
    const { repository, migrations } = this.#options;
    if (repository === null)
      throw refused(
        'no-repository',
        'there is no repository to write a migration into',
        'start supaready with --repo DIR',
      );
    const known = (await this.#snapshot(environment))?.facts.repoMigrations;
    const directory = migrations ?? (known?.status === 'ok' ? known.value.directory : null) ?? 'supabase/migrations';
    const { writeFixMigration } = await import('./migration-file.ts');
    await loadSqlParser();
    return writeFixMigration({ root: repository, directory, finding, now: this.#now() });
  }

  async bundle(directory?: string): Promise<{ path: string; sha256: string }> {
    return this.#options.writeBundle(this.#store, this.view(), directory);
  }

  studioUrl(fingerprint: string, environment: string): string | null {
    const target = this.#options.targets.find((one) => one.environment.name === environment);
    return studioPage(target?.projectRef ?? null, findFinding(this.view(), fingerprint, environment).object);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#store.close();
  }

  /** Re-reads the journal (another terminal wrote to it) and tells the listeners. */
  refresh(): void {
    this.#snapshots.clear();
    this.#changed();
  }

  async #runTarget(
    target: Target,
    checks: readonly Check[],
    options: { signal?: AbortSignal; onProgress?: (progress: RunProgress) => void },
    collected: Set<string>,
  ): Promise<void> {
    const environment = target.environment.name;
    const startedAt = Date.now();
    const applicable = new Set(this.#applicable(target).map((checkpoint) => checkpoint.id));
    const mine = checkpointsOf(this.#options.checklist)
      .filter((checkpoint) => applicable.has(checkpoint.id))
      .flatMap((checkpoint) => checkpoint.checks)
      .filter((check) => checks.includes(check));
    const snapshot = await collectSnapshot({
      target,
      repository: this.#options.repository,
      migrations: this.#options.migrations,
      declared: this.#options.declared,
      names: new Set<FactName>([...factsOf(mine), 'relations']),
      previous: await this.#snapshot(environment),
      openShadow: this.#options.openShadow,
      production: this.#productionBeside(target),
      consents: consentsOn(this.#store.state, target.environment),
      onInterrupted: (interrupted) => this.#saveInterrupted(interrupted),
      now: this.#now,
      clock: () => performance.now(),
      signal: options.signal,
      onFacet: (facet, done, total) => {
        collected.add(facet);
        options.onProgress?.({ phase: 'collect', environment, facet, done, total, startedAt });
      },
    });
    assertAuditable(snapshot);
    const results: CheckResult[] = [];
    for (const [index, check] of mine.entries()) {
      throwIfAborted(options.signal);
      options.onProgress?.({
        phase: 'evaluate',
        environment,
        check: check.id,
        done: index,
        total: mine.length,
        startedAt,
      });
      results.push(this.#evaluate(check, snapshot, target, () => performance.now()));
      await nextTurn();
    }
    results.push(...this.#overtaken(target, snapshot, mine));
    throwIfAborted(options.signal);
    options.onProgress?.({ phase: 'save', environment, startedAt });
    this.#save(snapshot, results);
  }

  /**
   * Checks outside the selection whose facts this run has brought anew: judged again over them, so that a fix in one
   * checkpoint does not leave the others stale. They keep their age, since not all of their facts are new.
   */
  #overtaken(target: Target, snapshot: Snapshot, judged: readonly Check[]): CheckResult[] {
    const results = this.#store.state.results[target.environment.name] ?? {};
    const done = new Set(judged.map((check) => check.id));
    return checkpointsOf(this.#options.checklist)
      .filter((checkpoint) => !checkpoint.id.startsWith(`${SIGN_OFF_SECTION}.`))
      .flatMap((checkpoint) => checkpoint.checks)
      .flatMap((check) => {
        const before = results[check.id];
        if (!before || done.has(check.id)) return [];
        const moved = [...check.needs, ...(check.uses ?? [])].some(
          (name) =>
            !VOLATILE_FACTS.has(name) && before.facets[name] !== (snapshot.header.facets[name]?.sha256 ?? undefined),
        );
        return moved ? [this.#evaluate(check, snapshot, target, undefined, before.evaluatedAt)] : [];
      });
  }

  #evaluate(
    check: Check,
    snapshot: Snapshot,
    target: Pick<Target, 'environment'>,
    clock?: () => number,
    now = snapshot.header.takenAt,
  ): CheckResult {
    return evaluateCheck(check, {
      snapshot,
      environment: target.environment,
      parameters: this.#options.parameters,
      now,
      ...(clock && { clock }),
    });
  }

  /** Snapshot first, then the results that rest on it, in one append: both or neither. */
  #save(snapshot: Snapshot, results: readonly CheckResult[]): void {
    this.#store.saveSnapshot(snapshot);
    const { header } = snapshot;
    const blob = this.#store.blobs.put(Buffer.from(canonicalJson(results)));
    const overridden = Object.fromEntries(
      Object.entries(this.#options.parameters).filter(([check]) => results.some((result) => result.check === check)),
    );
    this.#store.append(
      [
        snapshotEvent(snapshot),
        {
          type: 'check.run',
          data: {
            environment: header.environment,
            snapshotId: header.id,
            results: blob,
            parameters: overridden as Record<string, Record<string, string | number | boolean | string[]>>,
            summary: results.map(({ check, rev, status, findings, ms }) => ({
              check,
              rev,
              status,
              findings: findings.length,
              ms,
            })),
          },
        },
      ],
      this.#now(),
    );
    this.#snapshots.set(header.environment, snapshot);
    this.#changed();
  }

  /** What a run had sampled when it was cut short: the next one goes on there. No result rests on it. */
  #saveInterrupted(snapshot: Snapshot): void {
    this.#store.saveSnapshot(snapshot);
    this.#store.append([snapshotEvent(snapshot)], this.#now());
    this.#snapshots.set(snapshot.header.environment, snapshot);
    this.#changed();
  }

  /** The live production target of this run, seen from another environment. */
  #productionBeside(target: Target): Target | null {
    if (target.environment.kind === 'production') return null;
    const { targets } = this.#options;
    return targets.find(({ environment: { kind, source } }) => kind === 'production' && source === 'live') ?? null;
  }

  #signOffChecks(): Check[] {
    return this.#options.checklist.sections
      .filter((section) => section.id === SIGN_OFF_SECTION)
      .flatMap((section) => section.checkpoints.flatMap((checkpoint) => checkpoint.checks));
  }

  /** Section 7 judges what sections 1–6 came to; taken again after whatever changes that. No I/O but reading our own evidence. */
  async #judgeSignOff(): Promise<void> {
    const { checklist } = this.#options;
    const checks = this.#signOffChecks();
    if (checks.length === 0) return;
    const { gate, state } = this.view();
    // Every environment of the audit, also where no target was given: an answer from the command line counts at once.
    for (const ref of state.environments) {
      const environment = ref.name;
      const snapshot = await this.#snapshot(environment);
      if (!snapshot) continue;
      const evidence = this.#evidenceHolds(environment);
      const facts: Collected = {
        ...snapshot.facts,
        auditResults: {
          status: 'ok',
          value: auditResults(gate, checklist, (_environment, check) => evidence.has(check)),
          hidden: [],
          ms: 0,
        },
        lastSigned: {
          status: 'ok',
          value: signedContract(state, environment, (snapshotId) => this.#contractFacts(snapshotId)),
          hidden: [],
          ms: 0,
        },
      };
      const { takenAt, durationMs, source } = snapshot.header;
      const extended = snapshotOf({ environment, source, takenAt, durationMs, facts }, snapshot);
      if (extended.header.id === snapshot.header.id && checks.every((check) => state.results[environment]?.[check.id]))
        continue;
      await loadSqlParser();
      this.#save(
        extended,
        checks.map((check) => this.#evaluate(check, extended, { environment: ref })),
      );
    }
  }

  /** Ids of the checks whose result rests on a stored snapshot with the digests that the journal names. */
  #evidenceHolds(environment: string): Set<string> {
    const holds = new Set<string>();
    const verified = new Map<string, boolean>();
    for (const result of Object.values(this.#store.state.results[environment] ?? {})) {
      const all = Object.values(result.facets).every((digest) => {
        const known = verified.get(digest) ?? this.#store.blobs.has(digest);
        verified.set(digest, known);
        return known;
      });
      if (all) holds.add(result.check);
    }
    return holds;
  }

  #contractFacts(snapshotId: string): ContractFacts | null {
    const { relations, columns, functions } = this.#store.loadSnapshot(snapshotId).facts;
    if (relations?.status !== 'ok' || columns?.status !== 'ok' || functions?.status !== 'ok') return null;
    return { relations: relations.value, columns: columns.value, functions: functions.value };
  }

  async #snapshot(environment: string): Promise<Snapshot | null> {
    const known = this.#snapshots.get(environment);
    if (known !== undefined) return known;
    const state = this.#store.state.snapshots[environment];
    const loaded = state ? this.#store.loadSnapshot(state.snapshotId) : null;
    this.#snapshots.set(environment, loaded);
    return loaded;
  }

  #act(by: Person): ActContext {
    return { view: this.view(), policy: this.#options.policy, by, now: this.#now() };
  }

  async #record(event: NewEvent): Promise<void> {
    this.#store.append([event], this.#now());
    this.#changed();
    await this.#judgeSignOff();
  }

  #changed(): void {
    this.#view = null;
    for (const listener of [...this.#listeners]) listener();
  }

  #results(): CheckResult[] {
    return Object.values(this.#store.state.results).flatMap((results) => Object.values(results));
  }

  #assertWritable(): void {
    if (this.#store.mode === 'read') {
      throw refused(
        'read-only',
        `this audit is open in another terminal (${this.#options.holder ?? 'unknown'}); here it can only be looked at`,
        'finish there, or quit there and try again',
      );
    }
  }

  #applicable(target: Target): Checkpoint[] {
    return checkpointsOf(this.#options.checklist).filter(
      (checkpoint) => checkpoint.environments?.includes(target.environment.kind) ?? true,
    );
  }

  #buildView(): AuditView {
    const { checklist, policy, holder, canApply } = this.#options;
    const { state, directory, mode } = this.#store;
    const gate = evaluateGate(state, checklist, policy, this.#now());
    let tables: Record<string, Relation[]> | null = null;
    const tablesOf = (): Record<string, Relation[]> => {
      tables ??= Object.fromEntries(
        Object.values(state.snapshots).map(({ environment, snapshotId }) => {
          const { relations } = (this.#snapshots.get(environment) ?? this.#store.loadSnapshot(snapshotId)).facts;
          return [environment, relations?.status === 'ok' ? matrixTables(relations.value) : []];
        }),
      );
      return tables;
    };
    let matrix: AuditView['matrix'] | null = null;
    return {
      state,
      gate,
      checklist,
      directory,
      savedAt: state.lastEventAt,
      readOnly: mode === 'read',
      holder: holder ?? null,
      canApply: canApply ?? null,
      // Both need the stored catalogue: read only when a screen asks, so that the first frame does not wait for it.
      get tables() {
        return Object.fromEntries(
          Object.entries(tablesOf()).map(([environment, relations]) => [environment, relations.length]),
        );
      },
      get matrix() {
        matrix ??= buildMatrix(gate, checklist, tablesOf());
        return matrix;
      },
    };
  }
}
