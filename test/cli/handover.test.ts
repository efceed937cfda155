import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

/** An audit with one check run, and a place for bundles. */
async function audited(): Promise<{ state: string[]; out: string; journal: string }> {
  const live = await freshDatabase();
  onTestFinished(() => live.drop());
  await live.sql('create table public.notes (id bigint generated always as identity primary key)');
  const state = temporaryFolder();
  const place = ['--state-dir', state];
  const run = await runCli(['check', '1.3', '--db-url', live.url, ...place], { cwd: state });
  expect(run.stderr).not.toContain('supaready:');
  const audits = join(state, '.supaready/audits');
  const [audit = ''] = readdirSync(audits);
  return { state: place, out: temporaryFolder(), journal: join(audits, audit, 'journal.jsonl') };
}
const answer = (text: string) => ['attest', '1.1', '--status', 'passed', '--answer', text, '--by', 'Ann'];

describe('an audit handed from one person to another', () => {
  test('is read-only for the giver, goes on where it is imported, and comes back the same way', async () => {
    const { state, out, journal } = await audited();
    const given = await runCli(['bundle', ...state, '--out', out, '--handoff', 'Bob']);
    expect(given).toMatchObject({ code: 0, stderr: expect.stringContaining('handed to Bob') });
    const bundle = given.stdout.trim();
    expect(await runCli([...answer('mine'), ...state])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[audit-handed-over]'),
    });

    const bob = ['--state-dir', temporaryFolder()];
    const taken = await runCli(['import', bundle, ...bob]);
    expect(taken).toMatchObject({ code: 0, stderr: expect.stringContaining('every verdict derived again') });
    const theirs = join(taken.stdout.trim(), 'journal.jsonl');
    const before = readFileSync(journal, 'utf8').trimEnd().split('\n');
    const after = readFileSync(theirs, 'utf8').trimEnd().split('\n');
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(JSON.parse(after.at(-1) ?? '')).toMatchObject({ type: 'import', data: { tier: 'REPLAYED' } });
    expect(await runCli(['import', bundle, ...bob])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[import-nothing-new]'),
    });
    expect(await runCli([...answer('Bob looked'), ...bob])).toMatchObject({ code: 0 });
    const back = (await runCli(['bundle', ...bob, '--out', out])).stdout.trim();

    expect(await runCli(['import', back, ...state])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('3 entries added'),
    });
    const joined = readFileSync(journal, 'utf8');
    expect(joined).toContain('Bob looked');
    expect(joined).not.toContain('"handoff"');
    expect(await runCli([...answer('mine again'), ...state])).toMatchObject({ code: 0 });

    // Bob goes on as well: now there are two histories.
    expect(await runCli([...answer('Bob again'), ...bob])).toMatchObject({ code: 0 });
    const other = (await runCli(['bundle', ...bob, '--out', out])).stdout.trim();
    const bytes = readFileSync(journal, 'utf8');
    expect(await runCli(['import', other, ...state])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[audit-forked]'),
    });
    expect(readFileSync(journal, 'utf8')).toBe(bytes);
  });

  test('an altered bundle is not taken over, and nothing stays behind', async () => {
    const { state, out } = await audited();
    const bundle = (await runCli(['bundle', ...state, '--out', out])).stdout.trim();
    const bytes = readFileSync(bundle);
    const at = bytes.indexOf('"type":"genesis"');
    expect(at).toBeGreaterThan(0);
    bytes[at + 8] = 'x'.charCodeAt(0);
    writeFileSync(bundle, bytes);
    const place = temporaryFolder();
    const refused = await runCli(['import', bundle, '--state-dir', place]);
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('[bundle-broken]') });
    expect(readdirSync(place)).toEqual([]);
  });
});

test('verify can ask for a decision that is ready, and for a signature', async () => {
  const { state, out } = await audited();
  const bundle = (await runCli(['bundle', ...state, '--out', out])).stdout.trim();
  expect(await runCli(['verify', bundle])).toMatchObject({ code: 0 });
  for (const option of ['--require-ready', '--require-signed'])
    expect(await runCli(['verify', bundle, option])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not-ready: its decision is blocked'),
    });
});

test('a damaged journal is ended where the refusal says, and the audit goes on', async () => {
  const { state, journal } = await audited();
  appendFileSync(journal, '{"v":1,"seq":99}\n');
  const refused = await runCli(['status', ...state]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('[journal-corrupt]') });
  const said = /journal repair --truncate-at (\d+)/.exec(refused.stderr)?.[1] ?? '';
  expect(await runCli(['journal', 'repair', '--truncate-at', '1', ...state])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`--truncate-at ${said}`),
  });
  expect(await runCli(['journal', 'repair', '--truncate-at', said, ...state])).toMatchObject({ code: 0 });
  expect(await runCli(['status', ...state])).toMatchObject({ code: 1 });
  expect(await runCli([...answer('after the repair'), ...state])).toMatchObject({ code: 0 });
});
