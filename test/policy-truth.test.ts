import { beforeAll, describe, expect, test } from 'vitest';
import type { FunctionFact } from '../src/core/facts.ts';
import { loadSqlParser } from '../src/core/sql.ts';
import { verdictOf } from '../src/steps/lib/truth.ts';

beforeAll(loadSqlParser);

function helper(name: string, args: string, language: string, body: string): FunctionFact {
  return {
    schema: 'public',
    name,
    arguments: args,
    kind: 'function',
    returns: 'boolean',
    trigger: null,
    language,
    volatility: 'stable',
    securityDefiner: true,
    owner: 'postgres',
    config: [],
    acl: [],
    body,
    comment: null,
    extension: null,
    platform: false,
  };
}

const functions = [
  helper('signed_in', '', 'sql', 'select auth.uid() is not null'),
  helper('signed_in_standard', '', 'sql', 'RETURN (auth.uid() IS NOT NULL)'),
  helper('anyone', '', 'plpgsql', 'begin return true; end'),
  helper('is_owner', 'owner uuid', 'plpgsql', 'begin return auth.uid() = owner; end'),
  helper('has_role', 'wanted text', 'sql', 'select auth.role() = wanted'),
  helper(
    'member',
    'team uuid',
    'sql',
    'select exists (select 1 from memberships m where m.team_id = $1 and m.user_id = auth.uid())',
  ),
  helper('maybe', '', 'plpgsql', 'begin if now() > now() then return true; end if; return false; end'),
];

// expression, verdict for anon, verdict for authenticated
const cases: [string, string, string][] = [
  ['true', 'always', 'always'],
  ['(1 = 1)', 'always', 'always'],
  ['(id = id)', 'always', 'always'],
  ['false', 'never', 'never'],
  ['(NOT false)', 'always', 'always'],
  ['(auth.uid() IS NOT NULL)', 'never', 'always'],
  ['(( SELECT auth.uid() AS uid) IS NOT NULL)', 'never', 'always'],
  ["(auth.role() = 'authenticated'::text)", 'never', 'always'],
  ["((auth.jwt() ->> 'role'::text) = 'anon'::text)", 'always', 'never'],
  ["(auth.role() = ANY (ARRAY['anon'::text, 'authenticated'::text]))", 'always', 'always'],
  ['(auth.uid() = user_id)', 'never', 'sometimes'],
  ['(( SELECT auth.uid() AS uid) = user_id)', 'never', 'sometimes'],
  ['((auth.uid() = user_id) OR true)', 'always', 'always'],
  ['((auth.uid() = user_id) OR is_public)', 'sometimes', 'sometimes'],
  ['(is_public AND (auth.uid() IS NOT NULL))', 'never', 'sometimes'],
  ['(is_public OR (NOT is_public))', 'sometimes', 'sometimes'],
  ['(EXISTS ( SELECT 1 FROM teams t WHERE (t.owner = auth.uid())))', 'never', 'sometimes'],
  ['(team_id IN ( SELECT m.team_id FROM memberships m WHERE (m.user_id = auth.uid())))', 'never', 'sometimes'],
  ["(((auth.jwt() -> 'app_metadata'::text) ->> 'role'::text) = 'admin'::text)", 'never', 'sometimes'],
  ["(((current_setting('request.jwt.claims'::text, true))::jsonb ->> 'sub'::text) IS NOT NULL)", 'never', 'always'],
  ["(COALESCE((auth.jwt() ->> 'sub'::text), ''::text) <> ''::text)", 'never', 'sometimes'],
  ['public.signed_in()', 'never', 'always'],
  ['public.signed_in_standard()', 'never', 'always'],
  ['( SELECT public.signed_in() AS signed_in)', 'never', 'always'],
  ['public.anyone()', 'always', 'always'],
  ['public.is_owner(user_id)', 'never', 'sometimes'],
  ["public.has_role('authenticated'::text)", 'never', 'always'],
  ['public.member(team_id)', 'never', 'sometimes'],
  ['public.maybe()', 'sometimes', 'sometimes'],
  ['unknown.function(id)', 'sometimes', 'sometimes'],
  ['CASE WHEN (auth.uid() IS NULL) THEN false ELSE true END', 'never', 'always'],
  ['((auth.uid() = user_id) IS NOT TRUE)', 'always', 'sometimes'],
];

describe('what an expression can be for a role', () => {
  test.each(cases)('%s', (expression, anon, authenticated) => {
    expect(verdictOf(expression, { role: 'anon', functions })).toBe(anon);
    expect(verdictOf(expression, { role: 'authenticated', functions })).toBe(authenticated);
  });

  test('a given column decides', () => {
    const expression = "(bucket_id = 'avatars'::text)";
    expect(verdictOf(expression, { role: 'anon', functions, columns: new Map([['bucket_id', 'avatars']]) })).toBe(
      'always',
    );
    expect(verdictOf(expression, { role: 'anon', functions, columns: new Map([['bucket_id', 'private']]) })).toBe(
      'never',
    );
  });
});
