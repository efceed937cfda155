import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../src/core/events.ts';
import { samePerson } from '../../src/core/person.ts';
import { stableDigest } from '../../src/core/snapshot.ts';
import { applyEvent, reduce } from '../../src/state/reducer.ts';
import {
  ALICE,
  approve,
  attest,
  BOB,
  day,
  digest,
  FACETS,
  finding,
  genesis,
  numbered,
  PRODUCTION,
  result,
  resultsOf,
  runEvent,
  snapshotEvent,
  snapshotId,
  stateOf,
  waive,
} from '../engine/gate-model.ts';

const revoke = (target: string): NewEvent => ({ type: 'revoke', data: { target, reason: 'r', by: ALICE } });
const subject = finding('b', 'users', 'high');

describe('the state of an audit', () => {
  it('begins with its genesis, once', () => {
    const [first, second] = numbered([genesis([PRODUCTION]), genesis([PRODUCTION])]);
    if (!first || !second) throw new Error('unreachable');
    const state = applyEvent(null, first, resultsOf);
    expect(state).toMatchObject({ auditId: 'audit', project: 'P', seq: 1, environments: [PRODUCTION], handedTo: null });
    expect(() => applyEvent(state, second, resultsOf)).toThrow(TypeError);
    expect(() => reduce([], resultsOf)).toThrow(TypeError);
    expect(() => applyEvent(null, { ...first, type: 'session', data: {} } as never, resultsOf)).toThrow(TypeError);
  });

  it('keeps the latest result of each check in each environment', () => {
    const state = stateOf([
      runEvent('production', [result('a', 'production'), result('b', 'production')]),
      runEvent('staging', [result('a', 'staging', { lookedAt: 'staging' })]),
      runEvent('production', [result('a', 'production', { lookedAt: 'newer' })]),
    ]);
    expect(state.results.production?.a?.lookedAt).toBe('newer');
    expect(state.results.production?.b?.lookedAt).toBe('3 tables');
    expect(state.results.staging?.a?.lookedAt).toBe('staging');
  });

  it('reads no results that later runs replaced entirely', () => {
    const asked: string[] = [];
    const events = numbered([
      genesis([PRODUCTION]),
      runEvent('production', [result('a', 'production')]),
      runEvent('production', [result('a', 'production', { ms: 2 }), result('b', 'production')]),
    ]);
    const state = reduce(events, (ref) => {
      asked.push(ref.sha256);
      return resultsOf(ref);
    });
    expect(asked).toHaveLength(1);
    expect(state.results.production?.a?.ms).toBe(2);
  });

  it('keeps one answer to each question and one stand-in for each check, the latest', () => {
    const cover = (id: string, check: string, environment: string) =>
      attest('1.1', null, { id, covers: { check, environment } });
    const state = stateOf([
      attest('1.1', 'q', { id: '1' }),
      attest('1.2', 'q', { id: '2' }),
      attest('1.1', 'q', { id: '3' }),
      cover('4', 'a', 'production'),
      cover('5', 'a', 'staging'),
      cover('6', 'a', 'production'),
    ]);
    expect(state.attestations.map(({ id }) => id)).toEqual(['2', '3', '5', '6']);
    // Taking the latest back does not bring the one before back.
    expect(
      stateOf([attest('1.1', 'q', { id: '1' }), attest('1.1', 'q', { id: '3' }), revoke('3')]).attestations,
    ).toEqual([]);
  });

  it('takes back whatever is revoked, by its id', () => {
    const sign: NewEvent = {
      type: 'sign',
      data: { id: 'sig', decision: 'ready', statement: 's', by: ALICE, snapshots: {} },
    };
    const acknowledge: NewEvent = {
      type: 'acknowledge',
      data: { id: 'ack', fingerprint: subject.fingerprint, environment: 'production', note: '', by: BOB },
    };
    const events = [
      attest('1.1', 'q', { id: 'att' }),
      waive(subject, 'production', { id: 'wv' }),
      acknowledge,
      approve('wv'),
      sign,
    ];
    const all = (state: ReturnType<typeof stateOf>) =>
      [state.attestations, state.waivers, state.acknowledgements, state.approvals, state.signOffs].map(
        ({ length }) => length,
      );
    expect(all(stateOf(events))).toEqual([1, 1, 1, 1, 1]);
    expect(all(stateOf([...events, ...['att', 'wv', 'ack', 'ok-wv-Bob Marley', 'sig'].map(revoke)]))).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(all(stateOf([...events, revoke('nobody')]))).toEqual([1, 1, 1, 1, 1]);
  });

  it('knows the last digest of every fact, also of those that a later snapshot of the same source left out', () => {
    const partial = snapshotEvent('production', { relations: digest('new'), policies: null }, day(1));
    const { snapshots } = stateOf([snapshotEvent('production'), partial]);
    expect(snapshots.production).toMatchObject({
      takenAt: day(1),
      facets: { relations: digest('new'), policies: null, tableStats: FACETS.tableStats },
    });
    const replayed = { ...partial, data: { ...partial.data, source: 'from-migrations' } } as NewEvent;
    expect(Object.keys(stateOf([snapshotEvent('production'), replayed]).snapshots.production?.facets ?? {})).toEqual([
      'relations',
      'policies',
    ]);
  });

  it('remembers with a sign-off the lasting facts it was given over', () => {
    const sign = (id: string): NewEvent => ({
      type: 'sign',
      data: { id, decision: 'ready', statement: 's', by: ALICE, snapshots: { production: snapshotId(FACETS) } },
    });
    const state = stateOf([
      snapshotEvent('production'),
      sign('one'),
      snapshotEvent('production', { relations: digest('new') }),
      sign('two'),
    ]);
    expect(state.signOffs.map(({ facts }) => facts)).toEqual([{ production: stableDigest(FACETS) }, {}]);
    expect(stableDigest({ ...FACETS, tableStats: digest('other') })).toBe(stableDigest(FACETS));
    expect(stableDigest({ ...FACETS, policies: null })).not.toBe(stableDigest(FACETS));
  });

  it('follows hand-over, import, a new checklist, consents; and is only dated by the rest', () => {
    const bundle = { bundle: 'b.tar', sha256: digest('bundle') };
    const handed = stateOf([{ type: 'handoff', data: { to: 'bob', ...bundle } }]);
    expect(handed.handedTo).toBe('bob');
    expect(
      stateOf([
        { type: 'handoff', data: { to: 'bob', ...bundle } },
        { type: 'import', data: { ...bundle, tier: 'VERIFIED' } },
      ]).handedTo,
    ).toBeNull();
    expect(
      stateOf([{ type: 'checklist.migrate', data: { from: '1', to: '2', sha256: digest('2') } }]).checklist,
    ).toEqual({ version: '2', sha256: digest('2') });
    const consent: NewEvent = {
      type: 'consent',
      data: { probe: 'p', environment: 'production', target: 't', effect: 'e', by: ALICE },
    };
    expect(stateOf([consent]).consents).toMatchObject([{ probe: 'p', seq: 2 }]);
    const plain: NewEvent[] = [
      { type: 'session', data: { tool: 't', mode: 'plain', node: 'n' } },
      { type: 'export', data: bundle },
      { type: 'recover', data: { bytes: 3, sha256: digest('torn') } },
      { type: 'fix', data: { fingerprint: subject.fingerprint, environment: 'production', check: 'b', statements: 1 } },
    ];
    expect(stateOf(plain, [PRODUCTION], day(2))).toEqual({ ...stateOf([], [PRODUCTION], day(2)), seq: 5 });
  });
});

describe('one person', () => {
  it('is one under any spelling, with or without an address, and with two', () => {
    expect(samePerson(ALICE, BOB)).toBe(false);
    expect(samePerson(ALICE, { ...ALICE, role: 'dba' })).toBe(true);
    expect(samePerson(ALICE, { name: ' alice   LIDDELL ', email: null, role: null })).toBe(true);
    expect(samePerson(ALICE, { name: 'Al', email: 'Alice@Example.org', role: null })).toBe(true);
    expect(samePerson({ name: 'Ａnn', email: '', role: null }, { name: 'Ann', email: '', role: null })).toBe(true);
    expect(samePerson({ name: 'Ann', email: '', role: null }, { name: 'Ben', email: '', role: null })).toBe(false);
  });
});
