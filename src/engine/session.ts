import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalJson } from '../core/canonical.ts';
import {
  type Attestation,
  type Check,
  type Checklist,
  type Checkpoint,
  checkpointsOf,
  type Parameters,
} from '../core/check.ts';
import { addDays } from '../core/duration.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { NewEvent, Person } from '../core/events.ts';
import {
  type Collected,
  type Declared,
  type FactName,
  type Facts,
  type Relation,
  type Snapshot,
  VOLATILE_FACTS,
} from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Gate, GateFinding } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import type { Policy } from '../core/policy.ts';
import { blocks } from '../core/severity.ts';
import { snapshotOf } from '../core/snapshot.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { AuditStore } from '../state/store.ts';
import { auditResults, fingerprints, SIGN_OFF_SECTION, signedContract } from './audit-facts.ts';
import { collectSnapshot, factsOf, type Target } from './collect.ts';
import type { AttestInput, AuditController, AuditView, RunProgress, RunSummary, WaiveInput } from './controller.ts';
import { evaluateCheck } from './evaluate.ts';
import { storeEvidence } from './evidence-files.ts';
import { evaluateGate } from './gate.ts';
import { buildMatrix, matrixTables } from './matrix.ts';
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
  /** Who holds the audit when it is only followed. */
  holder?: string | null;
  /** Writes the bundle; given by the command layer, since evidence stands above the engine. */
  writeBundle: (
    store: AuditStore,
    view: AuditView,
    directory: string | undefined,
  ) => Promise<{ path: string; sha256: string }>;
  /** Demo only: runs SQL on the target. */
  applySql?: (databaseUrl: string, sql: string) => Promise<number>;
  now?: () => string;
}

type ContractFacts = Pick<Facts, 'relations' | 'columns' | 'functions'>;

const id = (kind: string) => `${kind}-${randomBytes(5).toString('hex')}`;

function refused(code: string, message: string, next: string): UserError {
  return new UserError(code, message, next, EXIT.usage);
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
    const signOff = new Set(
      checklist.sections
        .filter(({ id }) => id === SIGN_OFF_SECTION)
        .flatMap(({ checkpoints }) => checkpoints.flatMap((one) => one.checks)),
    );
    const now = checks.filter((check) => !signOff.has(check));
    this.#running = true;
    const started = performance.now();
    try {
      await loadSqlParser();
      const before = fingerprints(this.#results());
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
      const after = fingerprints(this.#results());
      return {
        fixed: [...before].filter((one) => !after.has(one)).map((one) => one.slice(one.lastIndexOf('/') + 1)),
        appeared: [...after].filter((one) => !before.has(one)).map((one) => one.slice(one.lastIndexOf('/') + 1)),
        collected: [...collected].sort(),
        ms: Math.round(performance.now() - started),
        problems,
      };
    } finally {
      this.#running = false;
    }
  }

  async attest(input: AttestInput, by: Person): Promise<void> {
    const checkpoint = this.#openCheckpoint(input.checkpoint);
    const question = this.#question(checkpoint, input);
    if (question?.kind === 'text' && input.answer.trim() === '') {
      throw refused('empty-answer', 'this question asks for an answer in words', 'write one, or leave it open for now');
    }
    if ((input.covers || question?.evidence === 'required') && input.evidence.length === 0) {
      throw refused(
        'evidence-missing',
        'this needs evidence: a file or a link that somebody else can look at',
        'attach one (--evidence FILE|URL)',
      );
    }
    const evidence = await storeEvidence(input.evidence, this.#store.blobs);
    await this.#record([
      {
        type: 'attest',
        data: {
          id: id('att'),
          checkpoint: checkpoint.id,
          attestation: input.attestation,
          covers: input.covers ?? null,
          status: input.status,
          statement:
            question?.question ??
            `${input.covers?.check} could not run in ${input.covers?.environment}: looked at by hand`,
          answer: input.answer.trim(),
          by,
          expiresAt: addDays(this.#now(), question?.validForDays ?? 90),
          binds: this.#binds(question, input.covers),
          evidence,
        },
      },
    ]);
  }

  async waive(input: WaiveInput, by: Person): Promise<void> {
    const finding = this.#finding(input.fingerprint, input.environment);
    if (!blocks(finding.severity)) {
      throw refused(
        'nothing-to-waive',
        `a ${finding.severity} finding is only listed and holds nothing back`,
        'leave it, or fix it',
      );
    }
    const { maxWaiverDays } = this.#options.policy;
    if (!Number.isInteger(input.days) || input.days < 1 || input.days > maxWaiverDays) {
      throw refused(
        'waiver-too-long',
        `a waiver lives 1 to ${maxWaiverDays} days`,
        'choose fewer days: it can be renewed',
      );
    }
    for (const field of ['reason', 'risk', 'compensating', 'owner'] as const) {
      if (input[field].trim() === '')
        throw refused(
          'waiver-incomplete',
          `a waiver needs ${field === 'compensating' ? 'a compensating control' : `its ${field}`}`,
          'fill it in: somebody will read it in ninety days',
        );
    }
    await this.#record([
      {
        type: 'waive',
        data: {
          id: id('wv'),
          fingerprint: finding.fingerprint,
          environment: finding.environment,
          check: finding.check,
          severity: finding.severity,
          reason: input.reason.trim(),
          risk: input.risk.trim(),
          compensating: input.compensating.trim(),
          owner: input.owner.trim(),
          by,
          expiresAt: addDays(this.#now(), input.days),
        },
      },
    ]);
  }

  async acknowledge(input: { fingerprint: string; environment: string; note: string }, by: Person): Promise<void> {
    const finding = this.#finding(input.fingerprint, input.environment);
    if (finding.severity !== 'medium') {
      throw refused(
        'not-acknowledgeable',
        `only a medium finding can be acknowledged; this one is ${finding.severity}`,
        'fix it, or waive it with a reason and an owner',
      );
    }
    await this.#record([
      {
        type: 'acknowledge',
        data: {
          id: id('ack'),
          fingerprint: finding.fingerprint,
          environment: finding.environment,
          note: input.note.trim(),
          by,
        },
      },
    ]);
  }

  async approve(target: string, by: Person): Promise<void> {
    this.#assertKnownAct(target);
    await this.#record([{ type: 'approve', data: { id: id('ok'), target, by } }]);
  }

  async revoke(target: string, reason: string, by: Person): Promise<void> {
    this.#assertKnownAct(target);
    if (reason.trim() === '') throw refused('reason-missing', 'taking something back needs a reason', 'say why');
    await this.#record([{ type: 'revoke', data: { target, reason: reason.trim(), by } }]);
  }

  async sign(statement: string, by: Person): Promise<void> {
    this.#assertWritable();
    const { gate, state } = this.view();
    if (gate.decision === 'blocked') {
      const open = gate.blocking.filter((checkpoint) => !checkpoint.startsWith(`${SIGN_OFF_SECTION}.`));
      throw refused(
        'not-ready',
        `it cannot be signed off: ${(open.length > 0 ? open : gate.blocking).join(', ')} ${gate.blocking.length === 1 ? 'is' : 'are'} not satisfied`,
        gate.next?.next ?? 'open the first of them',
      );
    }
    await this.#record([
      {
        type: 'sign',
        data: {
          id: id('sig'),
          decision: gate.decision,
          statement: statement.trim(),
          by,
          snapshots: Object.fromEntries(
            Object.values(state.snapshots).map((snapshot) => [snapshot.environment, snapshot.snapshotId]),
          ),
        },
      },
    ]);
  }

  async applyFix(fingerprint: string, environment: string): Promise<void> {
    this.#assertWritable();
    const { applySql, targets } = this.#options;
    const target = targets.find((one) => one.environment.name === environment);
    if (!applySql || !target)
      throw refused(
        'fixes-are-yours',
        'supaready applies fixes to its own demo database only',
        'copy the SQL, or write it as a migration',
      );
    const finding = this.#finding(fingerprint, environment);
    if (finding.fix.sql === null)
      throw refused(
        'no-sql-fix',
        'this finding has no SQL that would mend it',
        finding.fix.command ?? 'read the explanation',
      );
    const statements = await applySql(target.databaseUrl, finding.fix.sql);
    await this.#record([
      { type: 'fix', data: { fingerprint: finding.fingerprint, environment, check: finding.check, statements } },
    ]);
  }

  async writeMigration(fingerprint: string, environment: string): Promise<string> {
    const finding = this.#finding(fingerprint, environment);
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
    return studioPage(target?.projectRef ?? null, this.#finding(fingerprint, environment).object);
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
    throwIfAborted(options.signal);
    options.onProgress?.({ phase: 'save', environment, startedAt });
    this.#save(snapshot, results);
  }

  #evaluate(check: Check, snapshot: Snapshot, target: Pick<Target, 'environment'>, clock?: () => number): CheckResult {
    return evaluateCheck(check, {
      snapshot,
      environment: target.environment,
      parameters: this.#options.parameters,
      now: snapshot.header.takenAt,
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
        {
          type: 'snapshot',
          data: {
            snapshotId: header.id,
            environment: header.environment,
            source: header.source,
            takenAt: header.takenAt,
            durationMs: header.durationMs,
            facets: Object.fromEntries(
              Object.entries(header.facets).map(([name, { status, sha256, reason, hidden }]) => [
                name,
                { status, sha256, reason, hidden },
              ]),
            ),
          },
        },
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

  /** Section 7 judges what sections 1–6 came to; taken again after whatever changes that. No I/O but reading our own evidence. */
  async #judgeSignOff(): Promise<void> {
    const { checklist, targets } = this.#options;
    const checks = checklist.sections
      .filter((section) => section.id === SIGN_OFF_SECTION)
      .flatMap((section) => section.checkpoints.flatMap((one) => one.checks));
    const { gate, state } = this.view();
    for (const target of targets) {
      const environment = target.environment.name;
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
      this.#save(
        extended,
        checks.map((check) => this.#evaluate(check, extended, target)),
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

  async #record(events: readonly NewEvent[]): Promise<void> {
    this.#assertWritable();
    this.#store.append(events, this.#now());
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

  #gateCheckpoint(checkpointId: string): Gate['sections'][number]['checkpoints'][number] {
    const found = this.view()
      .gate.sections.flatMap((section) => section.checkpoints)
      .find((checkpoint) => checkpoint.id === checkpointId);
    if (!found)
      throw refused('unknown-checkpoint', `there is no checkpoint “${checkpointId}”`, '`supaready status` lists them');
    return found;
  }

  #openCheckpoint(checkpointId: string): Checkpoint {
    this.#assertWritable();
    const gate = this.#gateCheckpoint(checkpointId);
    const section = this.view().gate.sections.find((one) => one.id === gate.section);
    if (section?.state === 'locked') {
      throw refused(
        'section-locked',
        `section ${section.id} opens when ${section.opensAfter.join(', ')} ${section.opensAfter.length === 1 ? 'is' : 'are'} satisfied; until then nothing in it can be attested`,
        `go on with ${section.opensAfter[0] ?? 'the first open checkpoint'}`,
      );
    }
    const checkpoint = checkpointsOf(this.#options.checklist).find((one) => one.id === checkpointId);
    if (!checkpoint)
      throw refused('unknown-checkpoint', `there is no checkpoint “${checkpointId}”`, '`supaready status` lists them');
    return checkpoint;
  }

  #question(checkpoint: Checkpoint, input: AttestInput): Attestation | null {
    if (input.attestation !== null) {
      const question = checkpoint.attestations.find((one) => one.id === input.attestation);
      if (question) return question;
      throw refused(
        'unknown-question',
        `checkpoint ${checkpoint.id} asks no question “${input.attestation}”`,
        `it asks: ${checkpoint.attestations.map((one) => one.id).join(', ') || 'nothing'}`,
      );
    }
    const covers = input.covers;
    const check = this.#gateCheckpoint(checkpoint.id).checks.find(
      (one) => one.id === covers?.check && one.environment === covers?.environment,
    );
    if (!check)
      throw refused(
        'unknown-check',
        `checkpoint ${checkpoint.id} has no such check in that environment`,
        'name the check and its environment',
      );
    if (check.status !== 'skipped' && check.status !== 'error') {
      throw refused(
        'check-ran',
        `${check.id} is ${check.status}: a manual attestation stands in only for a check that could not run`,
        'fix or waive its findings',
      );
    }
    return null;
  }

  /** The digests that an attestation is given over, by environment. */
  #binds(question: Attestation | null, covers: AttestInput['covers']): Record<string, Record<string, string>> {
    const { snapshots } = this.#store.state;
    const names = new Set<string>(question?.binds ?? []);
    if (names.size === 0 || covers) return {};
    const digests = (environment: string) =>
      Object.fromEntries(
        Object.entries(snapshots[environment]?.facets ?? {}).filter(
          (entry): entry is [string, string] =>
            names.has(entry[0]) && entry[1] !== null && !VOLATILE_FACTS.has(entry[0] as FactName),
        ),
      );
    return Object.fromEntries(Object.keys(snapshots).map((environment) => [environment, digests(environment)]));
  }

  #finding(fingerprint: string, environment: string): GateFinding {
    const all = this.view().gate.sections.flatMap((section) =>
      section.checkpoints.flatMap((checkpoint) => checkpoint.checks.flatMap((check) => check.findings)),
    );
    const hits = all.filter(
      (finding) => finding.environment === environment && finding.fingerprint.startsWith(fingerprint),
    );
    const [first, second] = hits;
    if (!first || fingerprint.length < 6) {
      throw refused(
        'unknown-finding',
        `no finding in ${environment} has a fingerprint that starts with “${fingerprint}”`,
        '`supaready status` lists them; give at least six characters',
      );
    }
    if (second && second.fingerprint !== first.fingerprint) {
      throw refused(
        'ambiguous-finding',
        `“${fingerprint}” fits ${describeObject(first.object)} and ${describeObject(second.object)}`,
        'give more characters',
      );
    }
    return first;
  }

  #assertKnownAct(target: string): void {
    this.#assertWritable();
    const { attestations, waivers, acknowledgements, approvals, signOffs } = this.#store.state;
    if ([...attestations, ...waivers, ...acknowledgements, ...approvals, ...signOffs].some((act) => act.id === target))
      return;
    throw refused(
      'unknown-act',
      `nothing in this audit has the id “${target}”`,
      '`supaready status` lists attestations and waivers with their ids',
    );
  }

  #applicable(target: Target): Checkpoint[] {
    return checkpointsOf(this.#options.checklist).filter(
      (checkpoint) => checkpoint.environments?.includes(target.environment.kind) ?? true,
    );
  }

  #buildView(): AuditView {
    const { checklist, policy, holder, applySql } = this.#options;
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
      canApplyFixes: applySql !== undefined,
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
