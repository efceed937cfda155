import { expect, test } from 'vitest';
import { sha256 } from '../../src/core/canonical.ts';
import { plpgsqlCheck } from '../../src/steps/2-schema/2.4-functions/plpgsql-check.ts';
import { sqlFnCompiles } from '../../src/steps/2-schema/2.4-functions/sql-fn-compiles.ts';

/** What two checks say of two live functions, when the migrations have these bodies for them and plpgsql_check is nowhere. */
function said(check: typeof plpgsqlCheck | typeof sqlFnCompiles, bodies: { name: string; body: string }[], gaps = 0) {
  const live = ['one', 'two'].map((name) => ({
    schema: 'public',
    name,
    arguments: '',
    kind: 'function',
    language: 'plpgsql',
    body: 'begin null; end',
    extension: null,
    platform: false,
    trigger: null,
    config: [],
    securityDefiner: false,
  }));
  const rows = bodies.map(({ name, body }) => ({ schema: 'public', name, arguments: '', body: sha256(body) }));
  const facts = {
    functions: live,
    triggers: [],
    relations: [],
    columns: [],
    plpgsqlCheckLive: null,
    plpgsqlCheck: { unavailable: 'no PostgreSQL at hand has the extension plpgsql_check' },
    functionChecks: {
      functions: rows,
      statements: 2,
      issues: [],
      unjudged: rows.slice(0, gaps).map((row) => ({ ...row, reason: 'it makes the table it uses' })),
    },
  };
  return check.evaluate({
    facts: facts as never,
    parameters: check.parameters as never,
    environment: { name: 'production', kind: 'production', source: 'live', target: null },
    now: '2026-01-01T00:00:00Z',
  });
}
const same = (name: string) => ({ name, body: 'begin null; end' });
const other = (name: string) => ({ name, body: 'begin return; end' });

test('without plpgsql_check, functions that PostgreSQL analysed itself need it no more', () => {
  const outcome = said(plpgsqlCheck, [same('one'), same('two')]);
  expect(outcome).toMatchObject({ kind: 'not-applicable', reason: expect.stringContaining('2 PL/pgSQL functions') });
});

test.each([
  ['another body than the live one was analysed', [same('one'), other('two')], 0],
  ['something in one of them proves nothing', [same('one'), same('two')], 1],
  ['none was analysed', [], 0],
] as const)('without plpgsql_check it is skipped where %s', (_why, bodies, gaps) => {
  expect(said(plpgsqlCheck, [...bodies], gaps)).toMatchObject({
    kind: 'skipped',
    reason: 'no PostgreSQL at hand has the extension plpgsql_check',
  });
});

test('only functions with the body of the migrations count as created again', () => {
  expect(said(sqlFnCompiles, [same('one'), other('two')])).toMatchObject({
    kind: 'evaluated',
    lookedAt: { count: 1, text: '1 function; 1 function with another body than in the migrations not judged' },
  });
  expect(said(sqlFnCompiles, [other('one')])).toMatchObject({ kind: 'skipped' });
});
