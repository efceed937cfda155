import { describe, expect, it } from 'vitest';
import type { Checklist } from '../../src/core/check.ts';
import type { NewEvent } from '../../src/core/events.ts';
import type { CheckResult, Finding } from '../../src/core/finding.ts';
import type { Severity } from '../../src/core/severity.ts';
import {
  ALICE,
  approve,
  at,
  attest,
  BOB,
  CHECKLIST,
  checkpoint,
  day,
  digest,
  evidence,
  FACETS,
  finding,
  gateOf,
  greenEvents,
  PRODUCTION,
  question,
  result,
  runEvent,
  STAGING,
  snapshotEvent,
  snapshotId,
  T0,
  waive,
} from './gate-model.ts';

const kinds = (gate: ReturnType<typeof gateOf>, id: string): string[] => at(gate, id).blockers.map(({ kind }) => kind);
const green = (): NewEvent[] => greenEvents();
const fails = (one: string, findings: Finding[], environment = 'production'): NewEvent =>
  runEvent(environment, [result(one, environment, { status: 'fail', findings })]);
const users = (severity: Severity): Finding => finding('b', 'users', severity);
const acknowledge = (subject: Finding): NewEvent => ({
  type: 'acknowledge',
  data: { id: 'ack', fingerprint: subject.fingerprint, environment: 'production', note: 'n', by: ALICE },
});

describe('an audit in which everything passes and is answered', () => {
  it('is ready, and nothing is left to do', () => {
    const gate = gateOf(green());
    expect(gate.blocking).toEqual([]);
    expect(gate).toMatchObject({ decision: 'ready', next: null, signed: null });
    expect(gate.sections.map(({ state }) => state)).toEqual(['satisfied', 'satisfied', 'satisfied']);
  });

  it('waits for each environment that a checkpoint applies to', () => {
    const gate = gateOf(green(), { environments: [PRODUCTION, STAGING] });
    expect(kinds(gate, '1.1')).toEqual(['check-not-run']);
    expect(at(gate, '1.1').blockers[0]).toMatchObject({ environment: 'staging', check: 'a' });
    expect(at(gate, '2.2').checks.map(({ environment }) => environment)).toEqual(['production']);
    expect(gateOf(greenEvents([PRODUCTION, STAGING]), { environments: [PRODUCTION, STAGING] }).decision).toBe('ready');
  });
});

describe('sections', () => {
  it('open in order, and say what opens them', () => {
    const gate = gateOf([]);
    expect(gate.sections.map(({ state }) => state)).toEqual(['open', 'locked', 'locked']);
    expect(gate.sections[1]?.opensAfter).toEqual(['1.1', '1.2']);
    expect(gate.sections[2]?.opensAfter).toEqual(['1.1', '1.2', '2.1', '2.2']);
    expect(at(gate, '2.1')).toMatchObject({ state: 'locked', ownState: 'blocked' });
    expect(at(gate, '2.1').blockers[0]).toMatchObject({
      kind: 'locked',
      message: 'Section 2 opens when 1.1, 1.2 are satisfied.',
      next: 'Go on with 1.1.',
    });
    expect(gate.next).toMatchObject({ kind: 'check-not-run', checkpoint: '1.1', check: 'a' });
    expect(gate.next?.next).toBe('Run the checks of 1.1.');
  });

  it('lock again when an earlier one reopens; what was answered in them counts again afterwards', () => {
    const reopened = gateOf([...green(), fails('b', [users('high')])]);
    expect(at(reopened, '2.1')).toMatchObject({ state: 'locked', ownState: 'satisfied' });
    expect(reopened).toMatchObject({ decision: 'blocked', blocking: ['1.2', '2.1', '2.2', '7.1'] });
    const mended = gateOf([
      ...green(),
      fails('b', [users('high')]),
      runEvent('production', [result('b', 'production')]),
    ]);
    expect(mended.decision).toBe('ready');
  });
});

describe('findings', () => {
  it('hold back when medium or worse, until fixed, waived or (medium only) acknowledged', () => {
    const open: [Severity, boolean, boolean, boolean][] = [
      ['blocker', true, true, false],
      ['high', true, true, false],
      ['medium', true, false, false],
      ['low', false, false, false],
      ['info', false, false, false],
    ];
    for (const [severity, alone, acknowledged, waived] of open) {
      const events = [...green(), fails('b', [users(severity)])];
      expect(kinds(gateOf(events), '1.2').includes('finding'), severity).toBe(alone);
      expect(kinds(gateOf([...events, acknowledge(users(severity))]), '1.2').includes('finding'), severity).toBe(
        acknowledged,
      );
      expect(
        kinds(gateOf([...events, waive(users(severity), 'production')]), '1.2').includes('finding'),
        severity,
      ).toBe(waived);
    }
  });

  it('name the object, what follows and what to do', () => {
    const gate = gateOf([...green(), fails('b', [users('medium')])]);
    expect(at(gate, '1.2').state).toBe('blocked');
    expect(gate.next).toMatchObject({
      kind: 'finding',
      fingerprint: users('medium').fingerprint,
      message: 'users is wrong',
    });
    expect(gate.next?.next).toContain('acknowledge');
    expect(gateOf([...green(), fails('b', [users('high')])]).next?.next).not.toContain('acknowledge');
  });

  it('are waived in one environment only', () => {
    const both = [PRODUCTION, STAGING];
    const events = [
      ...greenEvents(both),
      fails('b', [users('high')]),
      fails('b', [users('high')], 'staging'),
      waive(users('high'), 'staging'),
    ];
    expect(at(gateOf(events, { environments: both }), '1.2').blockers).toMatchObject([{ environment: 'production' }]);
  });

  it('reopen when their waiver ends, at the latest when the policy says', () => {
    const events = [...green(), fails('b', [users('high')]), waive(users('high'), 'production', { expiresAt: day(9) })];
    expect(gateOf(events, { now: day(8) }).decision).toBe('ready-with-waivers');
    const ended = gateOf(events, { now: day(9) });
    expect(ended.decision).toBe('blocked');
    expect(ended.next?.message).toContain('its waiver ran out on 2026-12-03');
    expect(gateOf(events, { now: day(4), policy: { maxWaiverDays: 3 } }).decision).toBe('blocked');
    expect(
      gateOf([...events, waive(users('high'), 'production', { id: 'again', expiresAt: day(12) })], { now: day(10) })
        .decision,
    ).toBe('ready-with-waivers');
  });

  it('that have become worse than what was waived are open', () => {
    const events = [...green(), fails('b', [users('blocker')]), waive(users('high'), 'production')];
    expect(kinds(gateOf(events), '1.2')).toEqual(['finding']);
  });

  it('reopen when the waiver is revoked', () => {
    const waiver = waive(users('high'), 'production', { id: 'w' });
    const revoke: NewEvent = { type: 'revoke', data: { target: 'w', reason: 'r', by: ALICE } };
    expect(gateOf([...green(), fails('b', [users('high')]), waiver, revoke]).decision).toBe('blocked');
  });
});

describe('a check that was skipped or failed to run', () => {
  const skip = (status: CheckResult['status'], change: Partial<CheckResult> = {}): NewEvent =>
    runEvent('production', [result('b', 'production', { status, reason: 'needs a credential', ...change })]);
  const cover = (change = {}): NewEvent =>
    attest('1.2', null, { id: 'cover', covers: { check: 'b', environment: 'production' }, evidence, ...change });

  it('is never green by itself', () => {
    for (const [status, kind] of [
      ['skipped', 'check-skipped'],
      ['error', 'check-error'],
    ] as const) {
      const gate = gateOf([...green(), skip(status)]);
      expect(at(gate, '1.2')).toMatchObject({ state: 'blocked', blockers: [{ kind }] });
      expect(gate.next?.message).toContain('needs a credential');
    }
  });

  it('is covered by a manual attestation with evidence, and shown as such', () => {
    for (const status of ['skipped', 'error'] as const) {
      const gate = gateOf([...green(), skip(status), cover()]);
      expect(at(gate, '1.2').checks).toMatchObject([{ status, attestedBy: 'cover', satisfied: true }]);
      expect(gate.decision).toBe('ready');
    }
  });

  it('is not covered without evidence, by a no, by another check’s, after its end, or once facts changed', () => {
    const refused: [string, NewEvent[]][] = [
      ['no evidence', [cover({ evidence: [] })]],
      ['it failed', [cover({ status: 'failed' })]],
      ['not applicable', [cover({ status: 'na' })]],
      ['another check', [cover({ covers: { check: 'a', environment: 'production' } })]],
      ['another environment', [cover({ covers: { check: 'b', environment: 'staging' } })]],
      ['another checkpoint', [cover({ checkpoint: '1.1' })]],
      ['ended', [cover({ expiresAt: day(0) })]],
      ['facts changed', [cover({ binds: { production: { relations: digest('other') } } })]],
    ];
    for (const [why, events] of refused)
      expect(kinds(gateOf([...green(), skip('skipped'), ...events]), '1.2'), why).toEqual(['check-skipped']);
    expect(gateOf([...green(), skip('skipped'), cover({ expiresAt: day(0) })]).next?.message).toContain(
      'no longer holds',
    );
  });

  it('is judged by what it found once it has run after all', () => {
    expect(kinds(gateOf([...green(), skip('skipped'), cover(), fails('b', [users('high')])]), '1.2')).toEqual([
      'finding',
    ]);
  });

  it('counts no failure that names no finding', () => {
    expect(kinds(gateOf([...green(), fails('b', [])]), '1.2')).toEqual(['check-error']);
  });
});

describe('a result goes stale', () => {
  it('with age', () => {
    expect(gateOf(green(), { now: day(14) }).decision).toBe('ready');
    const old = gateOf(green(), { now: new Date(Date.parse(day(14)) + 1).toISOString() });
    expect(at(old, '1.2')).toMatchObject({
      state: 'stale',
      checks: [{ status: 'pass', stale: 'its result is older than 14d', satisfied: false }],
    });
    expect(gateOf(green(), { now: day(20), policy: { maxAge: '30d' } }).decision).toBe('ready');
  });

  it('with the age of the snapshot it rests on, however late it was evaluated', () => {
    const late = runEvent('production', [result('b', 'production', { evaluatedAt: day(10) })]);
    expect(kinds(gateOf([...green(), late], { now: day(15) }), '1.2')).toEqual(['check-stale']);
  });

  it('when the rule has been revised', () => {
    const sections = CHECKLIST.sections.map((section) => ({
      ...section,
      checkpoints: section.checkpoints.map((one) => ({
        ...one,
        checks: one.checks.map((own) => (own.id === 'b' ? { ...own, rev: 2 } : own)),
      })),
    }));
    const gate = gateOf(green(), { checklist: { ...CHECKLIST, sections } });
    expect(gate.next).toMatchObject({ kind: 'check-stale', check: 'b' });
    expect(gate.next?.message).toContain('revision 1, now 2');
  });

  it('when a fact it rests on has another digest in a newer snapshot, unless that fact is volatile', () => {
    const changed = (name: string) => snapshotEvent('production', { ...FACETS, [name]: digest('new') }, day(1));
    expect(gateOf([...green(), changed('tableStats')]).decision).toBe('ready');
    expect(kinds(gateOf([...green(), changed('policies')]), '2.1')).toEqual(['check-stale', 'attestation-stale']);
    expect(at(gateOf([...green(), changed('policies')]), '2.1').state).toBe('stale');
    expect(kinds(gateOf([...green(), changed('relations')]), '1.2')).toEqual(['check-stale']);
  });

  it('also when a later, partial snapshot leaves that fact out, or could not read it', () => {
    const partial = snapshotEvent('production', { relations: FACETS.relations ?? '' }, day(1));
    expect(
      kinds(gateOf([...green(), snapshotEvent('production', { ...FACETS, policies: digest('new') }), partial]), '2.1'),
    ).toContain('check-stale');
    expect(gateOf([...green(), partial]).decision).toBe('ready');
    const denied = gateOf([...green(), snapshotEvent('production', { ...FACETS, relations: null })]);
    expect(denied.next?.message).toContain('could not be read again');
  });

  it('and then what it found no longer matters: it must run again', () => {
    const gate = gateOf([...green(), fails('b', [users('high')])], { now: day(20) });
    expect(kinds(gate, '1.2')).toEqual(['check-stale']);
    expect(at(gate, '1.2').checks[0]?.findings).toHaveLength(1);
  });
});

describe('questions', () => {
  const state = (events: NewEvent[], options = {}) => at(gateOf(events, options), '2.1').attestations[0]?.state;
  const without = (id: string) =>
    green().filter((event) => !(event.type === 'attest' && event.data.attestation === id));

  it('wait for an answer, and only for one', () => {
    const gate = gateOf(without('q'));
    expect(at(gate, '1.1')).toMatchObject({
      state: 'waiting',
      blockers: [{ kind: 'attestation-missing', attestation: 'q' }],
    });
    expect(gate.next?.message).toBe('A person must answer: q?');
  });

  it('block when the answer is no, also where none was required', () => {
    expect(at(gateOf([...green(), attest('1.1', 'q', { status: 'failed', answer: 'not yet' })]), '1.1')).toMatchObject({
      state: 'blocked',
    });
    expect(kinds(gateOf([...green(), attest('2.2', 'optional', { status: 'failed' })]), '2.2')).toEqual([
      'attestation-failed',
    ]);
    expect(gateOf([...green(), attest('2.2', 'optional', { expiresAt: day(0) })]).decision).toBe('ready');
  });

  it('go stale when the answer ends, at the latest when the question says, or when what it was given over changed', () => {
    const answered = (change = {}) => [
      ...green(),
      attest('2.1', 'bound', { id: 'new', expiresAt: day(80), ...change }),
    ];
    const policy = { maxAge: '60d' };
    expect(state(answered(), { now: day(29), policy })).toBe('given');
    expect(state(answered(), { now: day(30), policy })).toBe('stale');
    expect(state(answered({ expiresAt: day(5) }), { now: day(5), policy })).toBe('stale');
    expect(state(answered({ binds: { production: { policies: digest('other') } } }))).toBe('stale');
    expect(state(answered({ binds: { production: { tableStats: digest('other') } } }))).toBe('given');
    expect(state(answered({ expiresAt: 'soon' }))).toBe('stale');
  });

  it('take “not applicable” only with a reason, text only in words, and evidence where it is required', () => {
    const sections: Checklist['sections'] = [
      {
        id: 1,
        name: 'n',
        title: 't',
        checkpoints: [
          checkpoint('1.1', [], [question('text', { kind: 'text' }), question('proof', { evidence: 'required' })]),
        ],
      },
    ];
    const answers = (events: NewEvent[]) =>
      at(gateOf(events, { checklist: { version: '1', sections } }), '1.1').attestations.map((one) => one.state);
    expect(answers([attest('1.1', 'text', { answer: ' ' }), attest('1.1', 'proof')])).toEqual(['missing', 'missing']);
    expect(answers([attest('1.1', 'text', { answer: 'in words' }), attest('1.1', 'proof', { evidence })])).toEqual([
      'given',
      'given',
    ]);
    expect(
      answers([
        attest('1.1', 'text', { status: 'na', answer: '' }),
        attest('1.1', 'proof', { status: 'na', answer: 'no such thing' }),
      ]),
    ).toEqual(['missing', 'given']);
  });

  it('stand as last answered', () => {
    const events = [
      ...without('q'),
      attest('1.1', 'q', { id: '1', status: 'failed' }),
      attest('1.1', 'q', { id: '2' }),
    ];
    expect(gateOf(events).decision).toBe('ready');
    expect(
      at(gateOf([...events, { type: 'revoke', data: { target: '2', reason: 'r', by: ALICE } }]), '1.1').attestations[0]
        ?.state,
    ).toBe('missing');
  });
});

describe('four eyes', () => {
  const policy = { fourEyes: true };
  const same = [
    ALICE,
    { ...ALICE, email: null },
    { name: 'Alice  liddell', email: 'second@example.org', role: null },
    { name: 'A. L.', email: 'ALICE@example.org ', role: 'x' },
  ];
  const approved = (events: NewEvent[]) => [...events, approve('att-2.1-bound')];

  it('are two people, whatever they call themselves', () => {
    const waiver = waive(users('blocker'), 'production', { id: 'w' });
    const events = [...approved(green()), fails('b', [users('blocker')]), waiver];
    const waiting = gateOf(events, { policy });
    expect(at(waiting, '1.2')).toMatchObject({ state: 'waiting', blockers: [{ kind: 'approval-missing' }] });
    expect(waiting.next?.next).toContain('approve w');
    for (const by of same)
      expect(gateOf([...events, approve('w', by)], { policy }).decision, JSON.stringify(by)).toBe('blocked');
    expect(gateOf([...events, approve('w', BOB)], { policy }).decision).toBe('ready-with-waivers');
    expect(gateOf(events).decision).toBe('ready-with-waivers');
  });

  it('look at blocker waivers on production and at the questions that ask for it, at nothing else', () => {
    const both = [PRODUCTION, STAGING];
    const staging = [
      ...approved(greenEvents(both)),
      fails('b', [users('blocker')], 'staging'),
      waive(users('blocker'), 'staging'),
    ];
    expect(gateOf(staging, { policy, environments: both }).decision).toBe('ready-with-waivers');
    expect(
      gateOf([...approved(green()), fails('b', [users('high')]), waive(users('high'), 'production')], { policy })
        .decision,
    ).toBe('ready-with-waivers');
    expect(at(gateOf(green(), { policy }), '2.1').attestations).toMatchObject([
      { state: 'awaiting-approval', givenBy: 'att-2.1-bound' },
    ]);
    expect(gateOf(approved(green()), { policy }).decision).toBe('ready');
  });

  it('fall apart when the approval is revoked', () => {
    const revoke: NewEvent = { type: 'revoke', data: { target: 'ok-att-2.1-bound-Bob Marley', reason: 'r', by: BOB } };
    expect(gateOf([...approved(green()), revoke], { policy }).decision).toBe('blocked');
  });
});

describe('the sign-off', () => {
  const sign = (
    decision: 'ready' | 'ready-with-waivers' = 'ready',
    facets: Record<string, string> = FACETS,
  ): NewEvent => ({
    type: 'sign',
    data: { id: 'sig', decision, statement: 's', by: ALICE, snapshots: { production: snapshotId(facets) } },
  });

  it('stands while nothing that lasts has changed', () => {
    const events = [...green(), sign()];
    expect(gateOf(events).signed).toEqual({ by: 'Alice Liddell', at: T0, decision: 'ready' });
    const stats = snapshotEvent('production', { ...FACETS, tableStats: digest('new') });
    expect(gateOf([...events, stats]).signed).not.toBeNull();
    expect(gateOf([...events, runEvent('production', [result('b', 'production')])]).signed).not.toBeNull();
  });

  it('falls with new facts, an open finding, time, a revocation; and does not come back by itself', () => {
    const events = [...green(), sign()];
    const facts = { ...FACETS, relations: digest('new') };
    const rerun = runEvent(
      'production',
      ['a', 'b', 'd', 'z'].map((one) => result(one, 'production', { facets: { relations: digest('new') } })),
    );
    const changed = gateOf([...events, snapshotEvent('production', facts), rerun]);
    expect(changed).toMatchObject({ decision: 'ready', signed: null });
    expect(gateOf([...events, fails('b', [users('high')])]).signed).toBeNull();
    expect(gateOf(events, { now: day(20) }).signed).toBeNull();
    expect(gateOf([...events, { type: 'revoke', data: { target: 'sig', reason: 'r', by: ALICE } }]).signed).toBeNull();
    const waived = [...events, fails('b', [users('high')]), waive(users('high'), 'production')];
    expect(gateOf(waived)).toMatchObject({ decision: 'ready-with-waivers', signed: null });
    expect(gateOf([...waived, sign('ready-with-waivers')]).signed?.decision).toBe('ready-with-waivers');
    expect(gateOf([...events, attest('1.1', 'q', { id: 'renewed' })]).signed).toBeNull();
  });

  it('outlives an answer to a question of section 7 itself', () => {
    expect(gateOf([...green(), sign(), attest('7.1', 'last', { id: 'after' })]).signed).not.toBeNull();
  });

  it('counts only over the snapshots that were the latest', () => {
    expect(gateOf([...green(), sign('ready', { ...FACETS, relations: digest('older') })]).signed).toBeNull();
  });

  it('says what it says: a decision that is not the gate’s does not stand', () => {
    expect(gateOf([...green(), sign('ready-with-waivers')]).signed).toBeNull();
    expect(gateOf([sign()]).signed).toBeNull();
  });

  it('needs a second person under four eyes, and says so', () => {
    const policy = { fourEyes: true };
    const events = [...green(), approve('att-2.1-bound'), sign()];
    expect(gateOf(events, { policy })).toMatchObject({
      signed: null,
      next: { kind: 'approval-missing', checkpoint: '7.1' },
    });
    expect(gateOf([...events, approve('sig', ALICE)], { policy }).signed).toBeNull();
    expect(gateOf([...events, approve('sig')], { policy })).toMatchObject({
      signed: { by: 'Alice Liddell' },
      next: null,
    });
  });

  it('does not sign away what section 7’s own checks found, but may come before its questions', () => {
    const unanswered = green().filter((event) => !(event.type === 'attest' && event.data.checkpoint === '7.1'));
    expect(gateOf(unanswered)).toMatchObject({
      decision: 'ready',
      blocking: ['7.1'],
      next: { kind: 'attestation-missing' },
    });
    expect(gateOf([...green(), fails('z', [finding('z', 'users', 'blocker')])]).decision).toBe('blocked');
  });
});

describe('a checklist without checkpoints', () => {
  it('makes nothing ready', () => {
    expect(gateOf([], { checklist: { version: '1', sections: [] } }).decision).toBe('blocked');
  });
});
