import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/core/events.ts';
import type { CheckResult } from '../../src/core/finding.ts';
import type { Gate, GateCheckpoint } from '../../src/core/gate.ts';
import type { Policy } from '../../src/core/policy.ts';
import { blocks } from '../../src/core/severity.ts';
import type { AuditState } from '../../src/core/state.ts';
import { evaluateGate } from '../../src/engine/gate.ts';
import { applyEvent, reduce } from '../../src/state/reducer.ts';
import {
  arbitraryEvent,
  arbitraryJournal,
  arbitraryNow,
  arbitraryPolicy,
  CHECKLIST,
  CHECKS,
  finding,
  genesis,
  numbered,
  PRODUCTION,
  resultsOf,
  STAGING,
  stateOf,
  waive,
} from './gate-model.ts';

const RUNS = { numRuns: 600 };
const BOTH = [PRODUCTION, STAGING];
const judge = (state: AuditState, policy: Policy, now: string): Gate => evaluateGate(state, CHECKLIST, policy, now);
const checkpoints = (gate: Gate): GateCheckpoint[] => gate.sections.flatMap((section) => section.checkpoints);
const blockers = (gate: Gate): string[] =>
  checkpoints(gate).flatMap((one) =>
    one.blockers.map(({ kind, checkpoint, environment, check, fingerprint, attestation }) =>
      JSON.stringify([
        kind === 'approval-missing' ? 'finding' : kind,
        checkpoint,
        environment,
        check,
        fingerprint,
        attestation,
      ]),
    ),
  );
const scene = { journal: arbitraryJournal, policy: arbitraryPolicy, now: arbitraryNow };

/** The same state with one result changed. */
function withResult(state: AuditState, environment: string, result: CheckResult): AuditState {
  return {
    ...state,
    results: { ...state.results, [environment]: { ...state.results[environment], [result.check]: result } },
  };
}

describe('the gate, whatever has happened', () => {
  it('is never satisfied by what was skipped, failed to run, did not run or no longer counts', () => {
    let satisfied = 0;
    fc.assert(
      fc.property(fc.record(scene), ({ journal, policy, now }) => {
        const state = stateOf(journal, BOTH);
        for (const one of checkpoints(judge(state, policy, now))) {
          if (one.state !== 'satisfied') {
            expect(one.blockers.length).toBeGreaterThan(0);
            continue;
          }
          satisfied += 1;
          expect(one.blockers).toEqual([]);
          for (const check of one.checks) {
            const result = state.results[check.environment]?.[check.id];
            expect(result).toBeDefined();
            expect(check.stale).toBeNull();
            expect(Date.parse(now) - Date.parse(result?.evaluatedAt ?? '')).toBeLessThanOrEqual(60 * 86_400_000);
            if (check.status === 'skipped' || check.status === 'error') {
              const act = state.attestations.find(({ id }) => id === check.attestedBy);
              expect(act).toMatchObject({
                status: 'passed',
                covers: { check: check.id, environment: check.environment },
              });
              expect(act?.evidence.length).toBeGreaterThan(0);
              expect((act?.expiresAt ?? '') > now).toBe(true);
            } else {
              expect(['pass', 'fail', 'not-applicable']).toContain(check.status);
            }
            for (const found of check.findings.filter(({ severity }) => blocks(severity))) {
              expect(found.state).not.toBe('open');
              if (found.state === 'acknowledged') expect(found.severity).toBe('medium');
              const waiver = state.waivers.find(({ id }) => id === found.coveredBy);
              if (found.state === 'waived') expect((waiver?.expiresAt ?? '') > now).toBe(true);
            }
          }
          for (const { required, state: given } of one.attestations) if (required) expect(given).toBe('given');
        }
      }),
      { numRuns: 2_000 },
    );
    // The property says something only if there was something to say it about.
    expect(satisfied).toBeGreaterThan(200);
  });

  it('agrees with itself: sections, decision, what blocks and what is next', () => {
    fc.assert(
      fc.property(fc.record(scene), ({ journal, policy, now }) => {
        const gate = judge(stateOf(journal, BOTH), policy, now);
        const unsatisfied = checkpoints(gate).filter(({ state }) => state !== 'satisfied');
        expect(gate.blocking).toEqual(unsatisfied.map(({ id }) => id));
        expect(gate.next === null).toBe(unsatisfied.length === 0);
        if (unsatisfied.some(({ section }) => section !== 7)) expect(gate.decision).toBe('blocked');
        let open = true;
        for (const section of gate.sections) {
          expect(section.state === 'locked').toBe(!open);
          expect(section.checkpoints.every(({ state }) => (state === 'locked') === !open)).toBe(true);
          open &&= section.checkpoints.every(({ state }) => state === 'satisfied');
        }
        expect(gate.next?.checkpoint ?? null).toBe(unsatisfied[0]?.id ?? null);
        for (const one of checkpoints(gate))
          for (const { message, next } of one.blockers) expect(message.length * next.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  it('never blocks more when a finding is fixed', () => {
    let fixed = 0;
    fc.assert(
      fc.property(fc.record({ ...scene, pick: fc.nat() }), ({ journal, policy, now, pick }) => {
        const state = stateOf(journal, BOTH);
        const failing = Object.values(state.results)
          .flatMap((results) => Object.values(results))
          .filter(({ findings }) => findings.length > 0);
        const result = failing[pick % Math.max(1, failing.length)];
        if (!result) return;
        fixed += 1;
        const findings = result.findings.slice(1);
        const better = withResult(state, result.environment, {
          ...result,
          findings,
          status: findings.length > 0 ? 'fail' : 'pass',
        });
        const [before, after] = [judge(state, policy, now), judge(better, policy, now)];
        const known = new Set(blockers(before));
        expect(blockers(after).filter((one) => !known.has(one))).toEqual([]);
        const satisfied = new Set(
          checkpoints(before)
            .filter(({ state: own }) => own === 'satisfied')
            .map(({ id }) => id),
        );
        for (const one of checkpoints(after)) if (satisfied.has(one.id)) expect(one.state).toBe('satisfied');
        if (before.decision !== 'blocked') expect(after.decision).not.toBe('blocked');
      }),
      RUNS,
    );
    expect(fixed).toBeGreaterThan(100);
  });

  it('never blocks more when something is waived, acknowledged or approved', () => {
    fc.assert(
      fc.property(fc.record({ ...scene, more: arbitraryEvent }), ({ journal, policy, now, more }) => {
        const added = more(99);
        if (!['waive', 'acknowledge', 'approve'].includes(added.type)) return;
        const before = judge(stateOf(journal, BOTH), policy, now);
        const after = judge(stateOf([...journal, added], BOTH), policy, now);
        const known = new Set(blockers(before));
        expect(blockers(after).filter((one) => !known.has(one))).toEqual([]);
        if (before.decision !== 'blocked') expect(after.decision).not.toBe('blocked');
      }),
      RUNS,
    );
  });

  it('reopens at the moment a waiver ends, and not before', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('blocker', 'high', 'medium'),
        fc.integer({ min: 1, max: 13 * 86_400_000 }),
        (severity, life) => {
          const made = '2026-11-24T12:00:00.000Z';
          const end = Date.parse(made) + life;
          const subject = finding('b', 'users', severity as 'high');
          const state = stateOf([waive(subject, 'production', { expiresAt: new Date(end).toISOString() })]);
          const failing = withResult(state, 'production', {
            check: 'b',
            rev: 1,
            environment: 'production',
            status: 'fail',
            reason: null,
            lookedAt: '1 table',
            findings: [subject],
            evaluatedAt: made,
            snapshotId: 'x',
            facets: {},
            ms: 0,
          });
          const ownState = (now: number) =>
            checkpoints(
              judge(failing, { maxAge: '14d', fourEyes: false, maxWaiverDays: 90 }, new Date(now).toISOString()),
            ).find(({ id }) => id === '1.2')?.ownState;
          expect(ownState(end - 1)).toBe('satisfied');
          expect(ownState(end)).toBe('blocked');
        },
      ),
      RUNS,
    );
  });

  it('only lets time close what time opened: later is never greener', () => {
    fc.assert(
      fc.property(
        fc.record({ ...scene, later: fc.integer({ min: 1, max: 100 }) }),
        ({ journal, policy, now, later }) => {
          const state = stateOf(journal, BOTH);
          const after = judge(state, policy, new Date(Date.parse(now) + later * 86_400_000).toISOString());
          const before = new Set(
            checkpoints(judge(state, policy, now))
              .filter(({ ownState }) => ownState === 'satisfied')
              .map(({ id }) => id),
          );
          for (const one of checkpoints(after)) if (one.ownState === 'satisfied') expect(before.has(one.id)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('is stricter with four eyes than without', () => {
    fc.assert(
      fc.property(fc.record(scene), ({ journal, policy, now }) => {
        const state = stateOf(journal, BOTH);
        const strict = judge(state, { ...policy, fourEyes: true }, now);
        const lax = judge(state, { ...policy, fourEyes: false }, now);
        expect(lax.blocking.filter((id) => !strict.blocking.includes(id))).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** What an event speaks about: two that share nothing may come in either order. */
function subjects(event: NewEvent): string[] {
  switch (event.type) {
    case 'snapshot':
      return [`snapshot ${event.data.environment}`];
    case 'check.run':
      return event.data.summary.map(({ check }) => `result ${event.data.environment} ${check}`);
    case 'attest':
      return [`attest ${event.data.checkpoint} ${event.data.attestation} ${JSON.stringify(event.data.covers)}`];
    default:
      return [];
  }
}

/** A state without the numbers of its entries and the order in which equals came in. */
function unordered(state: AuditState): unknown {
  const bare = (list: readonly { id: string; seq: number }[]) =>
    list.map(({ seq: _, ...rest }) => rest).sort((a, b) => (a.id < b.id ? -1 : 1));
  const { attestations, waivers, acknowledgements, approvals, signOffs, ...rest } = state;
  return {
    ...rest,
    attestations: bare(attestations),
    waivers: bare(waivers),
    acknowledgements: bare(acknowledgements),
    approvals: bare(approvals),
    signOffs: bare(signOffs),
  };
}

describe('folding events', () => {
  it('gives the same state and gate when neighbours that touch nothing in common change places', () => {
    let swapped = 0;
    fc.assert(
      fc.property(fc.record({ ...scene, pick: fc.nat() }), ({ journal, policy, now, pick }) => {
        if (journal.length < 2) return;
        const index = pick % (journal.length - 1);
        const [first, second] = [journal[index], journal[index + 1]];
        if (!first || !second || subjects(first).some((one) => subjects(second).includes(one))) return;
        swapped += 1;
        const [before, after] = [stateOf(journal, BOTH), stateOf(journal.toSpliced(index, 2, second, first), BOTH)];
        expect(unordered(after)).toEqual(unordered(before));
        // Which of several acknowledgements is named may differ; nothing that decides may.
        const plain = (gate: Gate) =>
          JSON.stringify(gate, (key, value) => (key === 'coveredBy' ? value !== null : value));
        expect(plain(judge(after, policy, now))).toBe(plain(judge(before, policy, now)));
      }),
      RUNS,
    );
    expect(swapped).toBeGreaterThan(150);
  });

  it('gives the same state one by one as all at once, and changes no state it was given', () => {
    fc.assert(
      fc.property(arbitraryJournal, (journal) => {
        const events = numbered([genesis(BOTH), ...journal]);
        let state: AuditState | null = null;
        for (const event of events) {
          const frozen: AuditState | null = deepFreeze(state);
          state = applyEvent(frozen, event, resultsOf);
        }
        expect(state).toEqual(reduce(events, resultsOf));
      }),
      RUNS,
    );
  });

  it('covers every check of the model', () => {
    expect(
      CHECKLIST.sections.flatMap(({ checkpoints: own }) => own.flatMap(({ checks }) => checks.map(({ id }) => id))),
    ).toEqual([...CHECKS]);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
