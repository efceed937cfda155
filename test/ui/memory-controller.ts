import type { Check, Checklist, Checkpoint, CheckText, Section } from '../../src/core/check.ts';
import { defineCheck, evaluated, MATRIX_COLUMNS } from '../../src/core/check.ts';
import { addDays } from '../../src/core/duration.ts';
import { UserError } from '../../src/core/errors.ts';
import type { AuditEvent, NewEvent, Person } from '../../src/core/events.ts';
import { type CheckResult, type Finding, fingerprintOf } from '../../src/core/finding.ts';
import { objectRef } from '../../src/core/object.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';
import type { Severity } from '../../src/core/severity.ts';
import type { AuditController, AuditView, OpenReview, RunProgress, RunSummary } from '../../src/engine/controller.ts';
import { evaluateGate } from '../../src/engine/gate.ts';
import { selectChecks } from '../../src/engine/select.ts';
import { reduce } from '../../src/state/reducer.ts';

const NOW = '2026-11-24T12:00:00.000Z';

/** A check of the made-up checklist. */
function check(id: string, severity: Severity = 'high'): Check {
  return defineCheck({
    id,
    rev: 1,
    title: `Rule ${id} holds`,
    why: `When ${id} does not hold, any signed-in user can read other people's rows.`,
    severity,
    source: 'made up for this test',
    remedy: `Put ${id} right by hand.`,
    falseAlarms: 'none known',
    aliases: [id.replaceAll('-', '_')],
    needs: [],
    evaluate: () => evaluated(1, 'table', []),
  });
}

/** A finding of a made-up check. */
export function finding(
  checkId: string,
  table: string,
  parts: Partial<Pick<Finding, 'severity' | 'message' | 'detail' | 'location'>> & { sql?: string | null } = {},
): Finding {
  const object = objectRef('table', 'public', table);
  return {
    fingerprint: fingerprintOf(checkId, object),
    check: checkId,
    severity: parts.severity ?? 'high',
    object,
    message: parts.message ?? `any signed-in user can read every row of public.${table}`,
    detail: parts.detail === undefined ? 'row level security is off and authenticated holds SELECT' : parts.detail,
    fix: {
      sql: parts.sql === undefined ? `alter table public.${table} enable row level security;` : parts.sql,
      command: null,
      url: null,
    },
    location: parts.location ?? null,
  };
}

function checkpoint(id: string, title: string, checks: readonly Check[], parts: Partial<Checkpoint> = {}): Checkpoint {
  return {
    id,
    title,
    intent: `Asked before a launch: ${title}.`,
    source: 'made up',
    checks,
    attestations: [],
    ...parts,
  };
}

const NAMES = ['Inventory', 'Schema', 'Data', 'Security', 'Operations', 'App', 'Sign-off'] as const;

/** Seven sections like the real ones: the second has two checks that fail, the fourth one that cannot run. */
function madeUpChecklist(): Checklist {
  const checkpoints: Record<number, Checkpoint[]> = {
    1: [
      checkpoint('1.1', 'Every project and environment is known', [check('project-inventory')], {
        attestations: [
          {
            id: 'all-projects',
            question: 'Are these all projects?',
            kind: 'confirm',
            required: true,
            evidence: 'none',
          },
        ],
      }),
    ],
    2: [
      checkpoint('2.1', 'The API shows what it is meant to show', [check('exposed-schemas')]),
      checkpoint(
        '2.2',
        'Every table has its keys, constraints and timestamps',
        [check('no-primary-key', 'medium'), check('cascade-on-records'), check('timestamps', 'medium')],
        {
          attestations: [
            { id: 'cascades', question: 'Is each cascade meant?', kind: 'confirm', required: true, evidence: 'none' },
            {
              id: 'purpose',
              question: 'What is each table for?',
              kind: 'text',
              required: false,
              evidence: 'optional',
              review: { ask: 'as you expect it?', needs: [], items: () => [] },
            },
          ],
        },
      ),
    ],
    3: [checkpoint('3.1', 'Seed data is there', [check('seed-required-rows')])],
    4: [checkpoint('4.1', 'Row level security is on', [check('rls-all-privileges', 'blocker')])],
    5: [checkpoint('5.1', 'Queries are indexed', [check('unindexed-foreign-keys', 'low')])],
    6: [checkpoint('6.1', 'The client handles errors', [check('client-errors')])],
    7: [checkpoint('7.1', 'The matrix is complete', [check('matrix-complete')])],
  };
  const sections = NAMES.map((name, index): Section => {
    const id = (index + 1) as Section['id'];
    return { id, name, title: `${name} of the project`, checkpoints: checkpoints[id] ?? [] };
  });
  return { version: '1', sections };
}

export type Answer = Partial<Pick<CheckResult, 'status' | 'reason' | 'lookedAt' | 'findings' | 'evaluatedAt'>>;

export interface MemoryOptions {
  checklist?: Checklist;
  /** What a check says when it runs; a pass over 17 tables where nothing is said. */
  answers?: Record<string, Answer>;
  environments?: readonly string[];
  readOnly?: boolean;
  policy?: Partial<Policy>;
  /** Fixes can be applied: the finding is gone from then on. */
  demo?: boolean;
  /** What the question of 2.2, what each table is for, goes through. */
  review?: OpenReview;
  /** Waits so long at each check, milliseconds. */
  delay?: number;
}

/** An AuditController that keeps its journal in memory: for the tests of the wizard only. */
export class MemoryController implements AuditController {
  readonly answers: Record<string, Answer>;
  readonly calls: string[] = [];
  /** Run by every `run`, after its first progress; for tests that hold a run open. */
  gate: (() => Promise<void>) | null = null;
  readonly #options: MemoryOptions;
  readonly #checklist: Checklist;
  readonly #events: AuditEvent[] = [];
  readonly #results: CheckResult[][] = [];
  readonly #listeners = new Set<() => void>();
  #view: AuditView | null = null;

  constructor(options: MemoryOptions = {}) {
    this.#options = options;
    this.#checklist = options.checklist ?? madeUpChecklist();
    this.answers = { ...options.answers };
    this.#append({
      type: 'genesis',
      data: {
        auditId: '0190-made-up',
        nonce: '00',
        project: 'Harbor',
        checklist: { version: '1', sha256: '0'.repeat(64) },
        environments: (options.environments ?? ['production']).map((name) => ({
          name,
          kind: 'production',
          source: 'live',
          target: 'db.example:5432/postgres',
        })),
        repository: null,
      },
    });
  }

  view(): AuditView {
    this.#view ??= this.#build();
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
    this.calls.push(`run ${options.selectors.join(',')}`);
    const checks = selectChecks(this.#checklist, options.selectors);
    const before = this.#fingerprints();
    const judged = new Set(Object.values(this.view().state.results).flatMap((byCheck) => Object.keys(byCheck)));
    const startedAt = Date.now();
    for (const environment of this.view().state.environments) {
      const results: CheckResult[] = [];
      for (const [done, one] of checks.entries()) {
        options.onProgress?.({
          phase: 'evaluate',
          environment: environment.name,
          check: one.id,
          done,
          total: checks.length,
          startedAt,
        });
        if (this.gate) await this.gate();
        if (this.#options.delay) await new Promise((resolve) => setTimeout(resolve, this.#options.delay));
        if (options.signal?.aborted) throw new UserError('cancelled', 'cancelled', 'run it again', 130);
        results.push(this.#result(one, environment.name));
      }
      this.#results.push(results);
      this.#append({
        type: 'check.run',
        data: {
          environment: environment.name,
          snapshotId: 'a'.repeat(64),
          results: { sha256: String(this.#results.length - 1), bytes: 0 },
          parameters: {},
          summary: results.map(({ check: id, rev, status, findings, ms }) => ({
            check: id,
            rev,
            status,
            findings: findings.length,
            ms,
          })),
        },
      });
    }
    const after = this.#fingerprints();
    const results = Object.values(this.view().state.results).flatMap((byCheck) => Object.values(byCheck));
    const comparable = results.filter((one) => judged.has(one.check)).flatMap((one) => one.findings);
    return {
      fixed: [...before].filter((one) => !after.has(one)),
      appeared: comparable.map((one) => one.fingerprint).filter((one) => !before.has(one)),
      collected: ['relations', 'columns'],
      ms: 1_200,
      problems: [],
    };
  }

  async review(...[checkpoint, attestation]: Parameters<AuditController['review']>): Promise<OpenReview | null> {
    this.calls.push(`review ${checkpoint} ${attestation}`);
    return this.#options.review ?? null;
  }

  async attest(...[input, by]: Parameters<AuditController['attest']>): Promise<void> {
    this.calls.push(`attest ${input.attestation ?? input.covers?.check} ${input.status} by ${by.name}`);
    if (input.approved) this.calls.push(`approved ${input.approved.join(', ')}: ${input.answer}`);
    this.#append({
      type: 'attest',
      data: {
        id: `att-${this.#events.length}`,
        checkpoint: input.checkpoint,
        attestation: input.attestation,
        covers: input.covers ?? null,
        status: input.status,
        statement: 'as asked',
        answer: input.answer,
        by,
        expiresAt: addDays(NOW, 90),
        binds: {},
        evidence: input.evidence.map((file) => ({ file, sha256: null, caption: file })),
      },
    });
  }

  async waive(...[input, by]: Parameters<AuditController['waive']>): Promise<void> {
    this.calls.push(`waive ${input.days} by ${by.name}`);
    const found = this.#finding(input.fingerprint);
    const { days, ...words } = input;
    this.#append({
      type: 'waive',
      data: {
        id: `wv-${this.#events.length}`,
        ...words,
        check: found.check,
        severity: found.severity,
        by,
        expiresAt: addDays(NOW, days),
      },
    });
  }

  async acknowledge(...[input, by]: Parameters<AuditController['acknowledge']>): Promise<void> {
    this.calls.push(`acknowledge by ${by.name}`);
    this.#append({ type: 'acknowledge', data: { id: `ack-${this.#events.length}`, ...input, by } });
  }

  async approve(target: string, by: Person): Promise<void> {
    this.calls.push(`approve ${target} by ${by.name}`);
    this.#append({ type: 'approve', data: { id: `ok-${this.#events.length}`, target, by } });
  }

  async consent(probe: string, by: Person): Promise<void> {
    this.calls.push(`consent ${probe} by ${by.name}`);
    this.#append({
      type: 'consent',
      data: { probe, environment: 'production', target: '', effect: 'reads every index', by },
    });
  }

  async revoke(target: string, reason: string, by: Person): Promise<void> {
    this.calls.push(`revoke ${target}`);
    this.#append({ type: 'revoke', data: { target, reason, by } });
  }

  async sign(statement: string, by: Person): Promise<void> {
    const { decision } = this.view().gate;
    if (decision === 'blocked') throw new UserError('not-ready', 'it cannot be signed off', 'satisfy the rest first');
    this.calls.push(`sign ${decision} by ${by.name}`);
    this.#append({ type: 'sign', data: { id: 'sig-1', decision, statement, by, snapshots: {} } });
  }

  async applyFix(fingerprint: string): Promise<void> {
    const found = this.#finding(fingerprint);
    this.calls.push(`apply ${found.check}`);
    const own = this.answers[found.check];
    const findings = own?.findings?.filter((one) => one.fingerprint !== fingerprint) ?? [];
    this.answers[found.check] = findings.length > 0 ? { ...own, findings } : {};
  }

  async writeMigration(fingerprint: string): Promise<string> {
    return `supabase/migrations/20261124120000_${this.#finding(fingerprint).check}.sql`;
  }

  async bundle(): Promise<{ path: string; sha256: string }> {
    return { path: 'harbor.bundle', sha256: 'b'.repeat(64) };
  }

  studioUrl(): string | null {
    return 'https://supabase.com/dashboard/project/made-up/editor';
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }

  #result(one: CheckText, environment: string): CheckResult {
    const answer = this.answers[one.id] ?? {};
    const findings = answer.findings ?? [];
    return {
      check: one.id,
      rev: one.rev,
      environment,
      status: answer.status ?? (findings.length > 0 ? 'fail' : 'pass'),
      reason: answer.reason ?? null,
      lookedAt: answer.lookedAt === undefined ? '17 tables' : answer.lookedAt,
      findings,
      evaluatedAt: answer.evaluatedAt ?? NOW,
      snapshotId: 'a'.repeat(64),
      facets: {},
      ms: 1,
    };
  }

  #finding(fingerprint: string): Finding {
    const all = Object.values(this.view().state.results).flatMap((byCheck) => Object.values(byCheck));
    const found = all.flatMap((result) => result.findings).find((one) => one.fingerprint === fingerprint);
    if (!found) throw new UserError('unknown-finding', 'no such finding', 'look at the list');
    return found;
  }

  #fingerprints(): Set<string> {
    const all = Object.values(this.view().state.results).flatMap((byCheck) => Object.values(byCheck));
    return new Set(all.flatMap((result) => result.findings.map((one) => one.fingerprint)));
  }

  #append(event: NewEvent): void {
    this.#events.push({ ...event, seq: this.#events.length + 1, at: NOW, session: 's' } as AuditEvent);
    this.#view = null;
    for (const listener of this.#listeners) listener();
  }

  #build(): AuditView {
    const state = reduce(this.#events, (ref) => this.#results[Number(ref.sha256)] ?? []);
    const tables = ['orders', 'payments', 'profiles'];
    return {
      state,
      gate: evaluateGate(state, this.#checklist, { ...DEFAULT_POLICY, ...this.#options.policy }, NOW),
      matrix: state.environments.flatMap(({ name }) =>
        tables.map((table) => ({
          environment: name,
          schema: 'public',
          table,
          ...(Object.fromEntries(MATRIX_COLUMNS.map((column) => [column, column === 'RLS' ? '✖' : '✔'])) as Record<
            (typeof MATRIX_COLUMNS)[number],
            '✔' | '✖'
          >),
        })),
      ),
      checklist: this.#checklist,
      directory: '/audits/made-up',
      savedAt: NOW,
      readOnly: this.#options.readOnly ?? false,
      holder: this.#options.readOnly ? 'terminal 2' : null,
      canApply: this.#options.demo ? (finding) => finding.fix.sql !== null : null,
      policy: { ...DEFAULT_POLICY, ...this.#options.policy },
      tables: {},
    };
  }
}

/** Answers with which the made-up project is blocked in 2.2 and cannot judge 2.2's timestamps. */
export function flawed(): Record<string, Answer> {
  return {
    'cascade-on-records': {
      findings: [
        finding('cascade-on-records', 'payments', {
          message: 'deleting an order deletes its payments',
          detail: 'foreign key payments_order_id_fkey is ON DELETE CASCADE',
        }),
      ],
    },
    'no-primary-key': {
      findings: [
        finding('no-primary-key', 'events', { severity: 'medium', message: 'rows cannot be told apart', detail: null }),
      ],
    },
    timestamps: { status: 'skipped', reason: 'needs the shadow database (start with --shadow-url)', lookedAt: null },
    'rls-all-privileges': { findings: [finding('rls-all-privileges', 'notes', { severity: 'blocker' })] },
  };
}
