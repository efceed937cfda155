import fc from 'fast-check';
import { sha256 } from '../../src/core/canonical.ts';
import type { Attestation, Check, Checklist, Checkpoint, EnvironmentRef } from '../../src/core/check.ts';
import type { AuditEvent, EventData, NewEvent, Person } from '../../src/core/events.ts';
import { type CheckResult, type Finding, fingerprintOf } from '../../src/core/finding.ts';
import type { Gate, GateCheckpoint } from '../../src/core/gate.ts';
import { objectRef } from '../../src/core/object.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';
import { SEVERITIES, type Severity } from '../../src/core/severity.ts';
import type { AuditState } from '../../src/core/state.ts';
import { evaluateGate } from '../../src/engine/gate.ts';
import { reduce } from '../../src/state/reducer.ts';

/* A small checklist of its own, and journals over it: what the tests of the gate are made of. */

export const T0 = '2026-11-24T12:00:00.000Z';
export const day = (days: number): string => new Date(Date.parse(T0) + days * 86_400_000).toISOString();
export const digest = (text: string): string => sha256(text);

export const ALICE: Person = { name: 'Alice Liddell', email: 'alice@example.org', role: null };
export const BOB: Person = { name: 'Bob Marley', email: 'bob@example.org', role: null };

export const PRODUCTION: EnvironmentRef = {
  name: 'production',
  kind: 'production',
  source: 'live',
  target: 'db:5432/postgres',
};
export const STAGING: EnvironmentRef = { name: 'staging', kind: 'staging', source: 'from-migrations', target: null };

export function check(id: string, change: Partial<Check> = {}): Check {
  return {
    id,
    rev: 1,
    title: `${id} holds`,
    why: 'w',
    severity: 'high',
    source: 's',
    remedy: 'r',
    needs: ['relations'],
    evaluate: () => {
      throw new Error('the gate evaluates no check');
    },
    ...change,
  };
}

export function question(id: string, change: Partial<Attestation> = {}): Attestation {
  return { id, question: `${id}?`, kind: 'confirm', required: true, evidence: 'none', ...change };
}

export function checkpoint(
  id: string,
  checks: Check[],
  attestations: Attestation[] = [],
  change: Partial<Checkpoint> = {},
): Checkpoint {
  return { id, title: `checkpoint ${id}`, intent: 'i', source: 's', checks, attestations, ...change };
}

/** Sections 1, 2 and 7: enough for everything that has an order. */
export const CHECKLIST: Checklist = {
  version: '1',
  sections: [
    {
      id: 1,
      name: 'One',
      title: 'Section one',
      checkpoints: [checkpoint('1.1', [check('a')], [question('q')]), checkpoint('1.2', [check('b')])],
    },
    {
      id: 2,
      name: 'Two',
      title: 'Section two',
      checkpoints: [
        checkpoint(
          '2.1',
          [check('c', { needs: ['policies'] })],
          [question('bound', { binds: ['policies'], fourEyes: true, validForDays: 30 })],
        ),
        checkpoint('2.2', [check('d')], [question('optional', { required: false })], { environments: ['production'] }),
      ],
    },
    { id: 7, name: 'Sign-off', title: 'Sign-off', checkpoints: [checkpoint('7.1', [check('z')], [question('last')])] },
  ],
};
export const CHECKS = ['a', 'b', 'c', 'd', 'z'] as const;

export function finding(check: string, name: string, severity: Severity): Finding {
  const object = objectRef('table', 'public', name);
  const fix = { sql: null, command: null, url: null };
  return {
    fingerprint: fingerprintOf(check, object),
    check,
    severity,
    object,
    message: `${name} is wrong`,
    detail: null,
    fix,
    location: null,
  };
}

export const FACETS: Record<string, string> = {
  relations: digest('relations-1'),
  policies: digest('policies-1'),
  tableStats: digest('stats-1'),
};

export function snapshotId(facets: Record<string, string>): string {
  return digest(JSON.stringify(facets));
}

export function result(check: string, environment: string, change: Partial<CheckResult> = {}): CheckResult {
  return {
    check,
    rev: 1,
    environment,
    status: 'pass',
    reason: null,
    lookedAt: '3 tables',
    findings: [],
    evaluatedAt: T0,
    snapshotId: snapshotId(FACETS),
    facets:
      check === 'c'
        ? { policies: FACETS.policies ?? '', tableStats: FACETS.tableStats ?? '' }
        : { relations: FACETS.relations ?? '' },
    ms: 1,
    ...change,
  };
}

const RESULTS = new Map<string, readonly CheckResult[]>();

export function runEvent(environment: string, results: readonly CheckResult[]): NewEvent {
  const text = JSON.stringify(results);
  const ref = { sha256: digest(text), bytes: text.length };
  RESULTS.set(ref.sha256, results);
  const summary = results.map(({ check, rev, status, findings, ms }) => ({
    check,
    rev,
    status,
    findings: findings.length,
    ms,
  }));
  return {
    type: 'check.run',
    data: { environment, snapshotId: results[0]?.snapshotId ?? '', results: ref, parameters: {}, summary },
  };
}
export const resultsOf = ({ sha256: hex }: { sha256: string }): readonly CheckResult[] => RESULTS.get(hex) ?? [];

export function snapshotEvent(
  environment: string,
  facets: Record<string, string | null> = FACETS,
  takenAt = T0,
): NewEvent {
  const entries = Object.entries(facets).map(([name, hex]) => [
    name,
    { status: hex ? 'ok' : 'denied', sha256: hex, reason: null, hidden: [] },
  ]);
  return {
    type: 'snapshot',
    data: {
      snapshotId: snapshotId(facets as Record<string, string>),
      environment,
      source: 'live',
      takenAt,
      durationMs: 1,
      facets: Object.fromEntries(entries),
    },
  };
}

export function attest(
  checkpointId: string,
  attestation: string | null,
  change: Partial<EventData<'attest'>> = {},
): NewEvent {
  return {
    type: 'attest',
    data: {
      id: `att-${checkpointId}-${attestation}`,
      checkpoint: checkpointId,
      attestation,
      covers: null,
      status: 'passed',
      statement: 's',
      answer: 'yes',
      by: ALICE,
      expiresAt: day(90),
      binds: {},
      evidence: [],
      ...change,
    },
  };
}

export function waive(subject: Finding, environment: string, change: Partial<EventData<'waive'>> = {}): NewEvent {
  return {
    type: 'waive',
    data: {
      id: `wv-${subject.fingerprint.slice(0, 6)}-${environment}`,
      fingerprint: subject.fingerprint,
      environment,
      check: subject.check,
      severity: subject.severity,
      reason: 'r',
      risk: 'r',
      compensating: 'c',
      owner: 'o',
      by: ALICE,
      expiresAt: day(30),
      ...change,
    },
  };
}

export const approve = (target: string, by: Person = BOB): NewEvent => ({
  type: 'approve',
  data: { id: `ok-${target}-${by.name}`, target, by },
});
export const evidence = [{ file: 'https://example.org/proof', sha256: null, caption: 'link' }];

export function genesis(environments: readonly EnvironmentRef[]): NewEvent {
  return {
    type: 'genesis',
    data: {
      auditId: 'audit',
      nonce: '0',
      project: 'P',
      checklist: { version: '1', sha256: digest('checklist') },
      environments: [...environments],
      repository: null,
    },
  };
}

export function numbered(events: readonly NewEvent[], at = T0): AuditEvent[] {
  return events.map((event, index) => ({ ...event, seq: index + 1, at, session: 's' }) as AuditEvent);
}

export function stateOf(
  events: readonly NewEvent[],
  environments: readonly EnvironmentRef[] = [PRODUCTION],
  at = T0,
): AuditState {
  return reduce(numbered([genesis(environments), ...events], at), resultsOf);
}

/** Everything passes and is answered: the audit of which the tests break one thing. */
export function greenEvents(environments: readonly EnvironmentRef[] = [PRODUCTION]): NewEvent[] {
  return [
    ...environments.flatMap(({ name }) => [
      snapshotEvent(name),
      runEvent(
        name,
        CHECKS.map((one) => result(one, name)),
      ),
    ]),
    attest('1.1', 'q'),
    attest('2.1', 'bound', {
      binds: Object.fromEntries(environments.map(({ name }) => [name, { policies: FACETS.policies ?? '' }])),
      expiresAt: day(30),
    }),
    attest('7.1', 'last'),
  ];
}

export function gateOf(
  events: readonly NewEvent[],
  options: {
    policy?: Partial<Policy>;
    now?: string;
    environments?: readonly EnvironmentRef[];
    checklist?: Checklist;
  } = {},
): Gate {
  const { policy, now = day(1), environments, checklist = CHECKLIST } = options;
  return evaluateGate(stateOf(events, environments), checklist, { ...DEFAULT_POLICY, ...policy }, now);
}

export function at(gate: Gate, id: string): GateCheckpoint {
  const found = gate.sections.flatMap(({ checkpoints }) => checkpoints).find((one) => one.id === id);
  if (!found) throw new Error(`no checkpoint ${id}`);
  return found;
}

/* Arbitrary journals. */

const arbitraryFinding = (check: string): fc.Arbitrary<Finding> =>
  fc
    .record({ name: fc.constantFrom('users', 'orders', 'teams'), severity: fc.constantFrom(...SEVERITIES) })
    .map(({ name, severity }) => finding(check, name, severity));

const arbitraryTime = fc.integer({ min: -40, max: 5 }).map(day);
const arbitraryDigest = (name: string): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: 2 }).map((version) => digest(`${name}-${version}`));

export const arbitraryResult = (check: string, environment: string): fc.Arbitrary<CheckResult> =>
  fc
    .record({
      status: fc.constantFrom('pass', 'fail', 'skipped', 'error', 'not-applicable'),
      findings: fc.uniqueArray(arbitraryFinding(check), {
        minLength: 1,
        maxLength: 3,
        selector: (one) => one.fingerprint,
      }),
      evaluatedAt: fc.oneof({ weight: 3, arbitrary: fc.constant(T0) }, arbitraryTime),
      policies: arbitraryDigest('policies'),
    })
    .map(({ status, findings, evaluatedAt, policies }) =>
      result(check, environment, {
        status: status as CheckResult['status'],
        findings: status === 'fail' ? findings : [],
        reason: status === 'fail' || status === 'pass' ? null : 'because',
        evaluatedAt,
        ...(check === 'c' && { facets: { policies } }),
      }),
    );

const people = fc.constantFrom(
  ALICE,
  BOB,
  { ...ALICE, email: null },
  { name: 'alice  LIDDELL', email: 'other@example.org', role: null },
);
const environmentName = fc.constantFrom('production', 'staging');
const names = ['users', 'orders', 'teams'];

/** One thing that may happen after genesis. `serial` makes ids unique. */
export const arbitraryEvent: fc.Arbitrary<(serial: number) => NewEvent> = fc.oneof(
  {
    weight: 3,
    arbitrary: environmentName.chain((environment) =>
      fc
        .constantFrom(...CHECKS)
        .chain((one) => arbitraryResult(one, environment).map((made) => () => runEvent(environment, [made]))),
    ),
  },
  environmentName.chain((environment) =>
    fc
      .record({ relations: arbitraryDigest('relations'), policies: arbitraryDigest('policies') })
      .map((facets) => () => snapshotEvent(environment, facets)),
  ),
  fc
    .record({
      subject: fc.constantFrom<[string, string]>(['1.1', 'q'], ['2.1', 'bound'], ['2.2', 'optional'], ['7.1', 'last']),
      status: fc.constantFrom<EventData<'attest'>['status']>('passed', 'passed', 'passed', 'failed', 'na'),
      by: people,
      expiresAt: arbitraryTime,
      policies: arbitraryDigest('policies'),
    })
    .map(
      ({ subject: [checkpointId, id], policies, ...rest }) =>
        (serial: number) =>
          attest(checkpointId, id, { ...rest, id: `att-${serial}`, binds: { production: { policies } } }),
    ),
  fc
    .record({
      check: fc.constantFrom(...CHECKS),
      environment: environmentName,
      by: people,
      expiresAt: arbitraryTime,
      evidence: fc.constantFrom([], evidence),
    })
    .map(({ check: one, environment, ...rest }) => (serial: number) => {
      const owner = CHECKLIST.sections
        .flatMap(({ checkpoints }) => checkpoints)
        .find(({ checks }) => checks.some(({ id }) => id === one));
      return attest(owner?.id ?? '', null, { ...rest, id: `cov-${serial}`, covers: { check: one, environment } });
    }),
  fc
    .record({
      check: fc.constantFrom(...CHECKS),
      name: fc.constantFrom(...names),
      severity: fc.constantFrom(...SEVERITIES),
      environment: environmentName,
      by: people,
      expiresAt: arbitraryTime,
    })
    .map(
      ({ check: one, name, severity, environment, ...rest }) =>
        (serial: number) =>
          waive(finding(one, name, severity), environment, { ...rest, id: `wv-${serial}` }),
    ),
  fc
    .record({
      check: fc.constantFrom(...CHECKS),
      name: fc.constantFrom(...names),
      environment: environmentName,
      by: people,
    })
    .map(
      ({ check: one, name, environment, by }) =>
        (serial: number): NewEvent => ({
          type: 'acknowledge',
          data: {
            id: `ack-${serial}`,
            fingerprint: finding(one, name, 'medium').fingerprint,
            environment,
            note: '',
            by,
          },
        }),
    ),
  fc.record({ target: fc.integer({ min: 0, max: 12 }), kind: fc.constantFrom('wv', 'att', 'sig'), by: people }).map(
    ({ target, kind, by }) =>
      (serial: number): NewEvent => ({
        type: 'approve',
        data: { id: `ok-${serial}`, target: `${kind}-${target}`, by },
      }),
  ),
);

export const arbitraryJournal: fc.Arbitrary<NewEvent[]> = fc
  .record({ green: fc.boolean(), events: fc.array(arbitraryEvent, { maxLength: 14 }) })
  .map(({ green, events }) => [
    ...(green ? greenEvents([PRODUCTION, STAGING]) : []),
    ...events.map((make, serial) => make(serial)),
  ]);
export const arbitraryPolicy: fc.Arbitrary<Policy> = fc.record({
  maxAge: fc.constantFrom('14d', '2d', '60d'),
  fourEyes: fc.boolean(),
  maxWaiverDays: fc.constantFrom(90, 1),
});
export const arbitraryNow: fc.Arbitrary<string> = fc.integer({ min: 0, max: 40 }).map(day);
