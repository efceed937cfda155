import { basename } from 'node:path';
import type { Checklist, Parameters } from '../core/check.ts';
import type { NewEvent, Person } from '../core/events.ts';
import type { Declared } from '../core/facts/audit.ts';
import type { Relation } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Policy } from '../core/policy.ts';
import { loadSqlParser } from '../core/sql.ts';
import { handedOver } from '../state/journal-store.ts';
import type { AuditStore } from '../state/store.ts';
import {
  type ActContext,
  acknowledgeEvent,
  approveEvent,
  attestEvent,
  revokeEvent,
  signEvent,
  waiveEvent,
} from './acts.ts';
import type { OpenShadow, Target } from './collect.ts';
import type { AttestInput, AuditController, AuditView, OpenReview, RunSummary, WaiveInput } from './controller.ts';
import { findFinding } from './find-finding.ts';
import { evaluateGate } from './gate.ts';
import { buildMatrix, standInsOf, tablesOf } from './matrix.ts';
import { consentEvents } from './probes.ts';
import { Recorder } from './recorder.ts';
import { refused } from './refused.ts';
import type { ReviewContext } from './review.ts';
import { Runner, type RunnerOptions, type RunRequest } from './runner.ts';
import { studioPage } from './studio.ts';

export interface SessionOptions {
  store: AuditStore;
  checklist: Checklist;
  /** As RunnerOptions.loadChecks. */
  loadChecks: RunnerOptions['loadChecks'];
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

/** An open audit: the one implementation of AuditController. */
export class AuditSession implements AuditController {
  readonly #options: SessionOptions;
  readonly #store: AuditStore;
  readonly #now: () => string;
  readonly #recorder: Recorder;
  readonly #runner: Runner;
  readonly #listeners = new Set<() => void>();
  #view: AuditView | null = null;

  constructor(options: SessionOptions) {
    const { store, parameters } = options;
    this.#options = options;
    this.#store = store;
    this.#now = options.now ?? (() => new Date().toISOString());
    this.#recorder = new Recorder({ store, parameters, now: this.#now, onChange: () => this.#changed() });
    this.#runner = new Runner(options, this.#recorder, () => this.view().gate, this.#now);
  }

  view(): AuditView {
    this.#view ??= this.#buildView();
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async run(request: RunRequest): Promise<RunSummary> {
    this.#assertWritable();
    return this.#runner.run(request);
  }

  async attest(input: AttestInput, by: Person): Promise<void> {
    this.#assertWritable();
    await this.#record(await attestEvent(this.#act(by), input, this.#store.blobs));
    if (input.approved && input.attestation !== null) {
      const { writeApproved } = await import('./review.ts');
      writeApproved(await this.#reviewContext(), input.checkpoint, input.attestation, input.approved);
    }
  }

  async review(checkpoint: string, attestation: string): Promise<OpenReview | null> {
    const { openReview } = await import('./review.ts');
    return openReview(await this.#reviewContext(), checkpoint, attestation);
  }

  async #reviewContext(): Promise<ReviewContext> {
    const { loadChecks, repository } = this.#options;
    return {
      checklist: await loadChecks(),
      snapshots: this.#recorder.snapshots(),
      repository,
    };
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
    const finding = findFinding(this.view().gate, fingerprint, environment);
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
    const finding = findFinding(this.view().gate, fingerprint, environment);
    const { repository, migrations } = this.#options;
    if (repository === null)
      throw refused(
        'no-repository',
        'there is no repository to write a migration into',
        'start supaready with --repo DIR',
      );
    const known = this.#recorder.snapshot(environment)?.facts.repoMigrations;
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
    const { object } = findFinding(this.view().gate, fingerprint, environment);
    return studioPage(target?.projectRef ?? null, object);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#store.close();
  }

  /** Re-reads the journal (another terminal wrote to it) and tells the listeners. */
  refresh(): void {
    this.#recorder.forget();
    this.#changed();
  }

  #act(by: Person): ActContext {
    return { view: this.view(), policy: this.#options.policy, by, now: this.#now() };
  }

  async #record(event: NewEvent): Promise<void> {
    this.#recorder.record(event);
    await this.#runner.judgeSignOff();
  }

  #changed(): void {
    this.#view = null;
    for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Writes the bundle for somebody who goes on with the audit, and journals that: from then on it can only be looked at here.
   * `to`: their name. Throws UserError (exit 2 when it may not be, exit 3 when it cannot be written).
   */
  async handOff(to: string, directory?: string): Promise<{ path: string; sha256: string }> {
    this.#assertWritable();
    if (to.trim() === '')
      throw refused('nobody-named', 'nobody is named to hand the audit to', 'say who: --handoff NAME');
    const written = await this.bundle(directory);
    const data = { to: to.trim(), bundle: basename(written.path), sha256: written.sha256 };
    this.#recorder.record({ type: 'handoff', data });
    return written;
  }

  #assertWritable(): void {
    const { handedTo } = this.#store.state;
    if (handedTo !== null) throw handedOver(handedTo);
    if (this.#store.mode === 'read') {
      throw refused(
        'read-only',
        `this audit is open in another terminal (${this.#options.holder ?? 'unknown'}); here it can only be looked at`,
        'finish there, or quit there and try again',
      );
    }
  }

  #buildView(): AuditView {
    const { checklist, policy, holder, canApply } = this.#options;
    const { state, directory, mode } = this.#store;
    const recorder = this.#recorder;
    const gate = evaluateGate(state, checklist, policy, this.#now());
    let known: Record<string, Relation[]> | null = null;
    const tables = (): Record<string, Relation[]> => {
      known ??= tablesOf(recorder.snapshots());
      return known;
    };
    let matrix: AuditView['matrix'] | null = null;
    return {
      state,
      gate,
      checklist,
      directory,
      savedAt: state.lastEventAt,
      readOnly: mode === 'read' || state.handedTo !== null,
      holder: state.handedTo ?? holder ?? null,
      canApply: canApply ?? null,
      policy,
      // Both need the stored catalogue: read only when a screen asks, so that the first frame does not wait for it.
      get tables() {
        return Object.fromEntries(
          Object.entries(tables()).map(([environment, relations]) => [environment, relations.length]),
        );
      },
      get standIns() {
        return standInsOf(recorder.snapshots());
      },
      get matrix() {
        matrix ??= buildMatrix(gate, checklist, tables());
        return matrix;
      },
    };
  }
}
