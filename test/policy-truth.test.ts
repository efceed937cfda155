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
    strict: false,
    leakproof: false,
    parallel: 'unsafe',
    cost: 100,
    rows: 0,
    parameters: null,
    sqlBody: false,
    aggregate: null,
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

/** Bodies and expressions of which nobody can prove that they never are true for a visitor. */
const unproven: [string, FunctionFact[]][] = [
  [
    'public.h()',
    [helper('h', '', 'plpgsql', 'declare v boolean := true; begin if 1 = 2 then return false; end if; return v; end')],
  ],
  ['public.h()', [helper('h', '', 'plpgsql', 'begin return false; exception when others then return true; end')]],
  ['public.h()', [helper('h', '', 'plpgsql', 'begin for i in 1..3 loop return false; end loop; return true; end')]],
  ['public.h()', [helper('h', '', 'plpgsql', "declare v boolean; begin execute 'select true' into v; return v; end")]],
  [
    'public.h(auth.uid())',
    [helper('h', 'who uuid', 'plpgsql', 'begin who := gen_random_uuid(); return who is not null; end')],
  ],
  [
    'public.h(auth.uid())',
    [helper('h', 'who uuid', 'plpgsql', "declare who text := 'x'; begin return who is not null; end")],
  ],
  ['public.h()', [helper('h', 'out ok boolean', 'plpgsql', 'begin ok := true; return; end')]],
  ['public.h()', [helper('h', '', 'plv8', 'return true')]],
  ['public.h()', [helper('h', '', 'sql', 'select false; select true')]],
  ['public.h(1)', [helper('h', 'a int', 'sql', 'select false'), helper('h', 'a text', 'sql', 'select true')]],
  [
    'public.h(1)',
    [helper('h', 'a int', 'sql', 'select false'), { ...helper('h', 'a text', 'sql', 'select true'), platform: true }],
  ],
  ['h()', [helper('h', '', 'sql', 'select false'), { ...helper('h', '', 'sql', 'select true'), schema: 'private' }]],
  [
    'public.h(b => true)',
    [helper('h', 'a boolean default false, b boolean default false', 'sql', 'select a and b or b')],
  ],
  ['public.h(b => NULL::boolean)', [helper('h', 'a boolean default true, b boolean default false', 'sql', 'select a')]],
  ['public.h(NULL::boolean, true)', [helper('h', 'variadic a boolean[]', 'sql', 'select a is not null')]],
  [
    'public.h(auth.uid())',
    [helper('h', 'user_id uuid', 'sql', 'select exists (select 1 from members m where user_id = user_id)')],
  ],
  ['(NOT public.h())', [helper('h', '', 'sql', 'select count(*) > 0 from members m where m.user_id = auth.uid()')]],
  ['(public.h(NULL::uuid) IS NULL)', [helper('h', 'a uuid', 'sql', 'select false')]],
  ['public.h()', [helper('h', '', 'sql', "select current_user = 'postgres'")]],
  [
    'public.h()',
    [{ ...helper('h', '', 'sql', 'select auth.uid() is not null'), config: ['request.jwt.claims={"sub":"1"}'] }],
  ],
  ['((SELECT public.h()) IS NULL)', [{ ...helper('h', '', 'sql', 'select true'), returns: 'SETOF boolean' }]],
  ["public.h('A'::text)", [helper('h', 'a citext', 'sql', "select a = 'a'")]],
  [
    'public.h()',
    [
      helper(
        'h',
        '',
        'sql',
        'select set_config(\'request.jwt.claims\', \'{"sub":"1"}\', true) is null and auth.uid() is not null',
      ),
    ],
  ],
  ['(( SELECT count(*) AS count FROM members m WHERE (m.user_id = auth.uid())) = 0)', []],
  ['(EXISTS ( SELECT count(*) AS count FROM members m WHERE (m.user_id = auth.uid())))', []],
  ['(NOT (EXISTS ( SELECT unnest(x.a) AS unnest)))', []],
  ['(NOT (EXISTS ( SELECT 1 LIMIT 0)))', []],
  ['(1 IN ( SELECT count(*) + 1 FROM members m WHERE (m.user_id = auth.uid())))', []],
  ['(auth.uid() = ALL (ids))', []],
  ['(auth.uid() <> ALL (ids))', []],
  ["('anon'::text <> ANY (ARRAY['anon'::text, 'x'::text]))", []],
  ["('abc'::text ~~ ANY (ARRAY['a%'::text]))", []],
  ["('A'::citext = 'a'::citext)", []],
  ["('t'::boolean = true)", []],
  ["('1.0'::numeric = (1)::numeric)", []],
  ["('abcd'::character varying(2) = 'ab'::text)", []],
  ['((a = a) IS NULL)', []],
  ['COALESCE(NOT (a = a), true)', []],
  ['((a = a) IS NOT TRUE)', []],
  ['(auth.uid() OPERATOR(public.=?) a)', []],
  ["((auth.jwt() ->> 'iss'::text) = 'supabase'::text)", []],
  ["(((auth.jwt() -> 'role'::text))::text = '\"anon\"'::text)", []],
  ["(current_setting('request.jwt.claim.sub'::text, true) = ''::text)", []],
  ["(current_setting('app.mode'::text, true) = 'open'::text)", []],
  ["(current_setting('request.headers'::text, true) IS NOT NULL)", []],
  ["(SESSION_USER = 'authenticator'::name)", []],
];

describe('never is proved, not assumed', () => {
  test.each(unproven)('%s', (expression, own) => {
    expect(verdictOf(expression, { role: 'anon', functions: own })).not.toBe('never');
    const [fn] = own;
    if (fn) expect(verdictOf(expression, { role: 'anon', functions: own }), fn.body).not.toBe('never');
  });

  test('for a role of the project nothing is known about the token but its role', () => {
    expect(verdictOf('(auth.uid() IS NULL)', { role: 'backend', functions })).toBe('sometimes');
  });

  const proven: [string, FunctionFact[]][] = [
    [
      'public.h(user_id)',
      [
        helper(
          'h',
          'owner uuid',
          'plpgsql',
          'begin if auth.uid() is null then return false; end if; return auth.uid() = owner; end',
        ),
      ],
    ],
    [
      'public.h()',
      [helper('h', '', 'plpgsql', "begin if auth.uid() is null then raise exception 'no'; end if; return false; end")],
    ],
    [
      'public.h(auth.uid())',
      [
        helper(
          'h',
          'p_user uuid',
          'plpgsql',
          'begin return exists (select 1 from members m where m.user_id = p_user); end',
        ),
      ],
    ],
    ["((NULLIF(current_setting('request.jwt.claim.sub'::text, true), ''::text))::uuid = a)", []],
    ["(((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::jsonb ->> 'sub'::text) = a)", []],
    ['(auth.uid() = ANY (ids))', []],
    ['(a IN ( SELECT m.a FROM members m WHERE (m.user_id = auth.uid())))', []],
    ["((auth.jwt() ->> 'email'::text) ~~ '%@example.com'::text)", []],
  ];
  test.each(proven)('still proved: %s', (expression, own) => {
    expect(verdictOf(expression, { role: 'anon', functions: own })).toBe('never');
  });

  test('a parameter in a query of an SQL function is its value only where no column has its name', () => {
    const own = [helper('h', 'p_user uuid', 'sql', 'select exists (select 1 from members m where m.user_id = p_user)')];
    const verdict = (names: string[]) =>
      verdictOf('public.h(auth.uid())', { role: 'anon', functions: own, columnNames: new Set(names) });
    expect(verdict(['user_id'])).toBe('never');
    expect(verdict(['user_id', 'p_user'])).toBe('sometimes');
    expect(verdictOf('public.h(auth.uid())', { role: 'anon', functions: own })).toBe('sometimes');
  });
});
