import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts, FunctionFact, Trigger } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { phoneSignIn } from '../../lib/config-values.ts';
import { holds, relationNamed } from '../../lib/exposure.ts';
import { functionSql, listed } from '../../lib/refs.ts';
import { functionTree, relationsIn, throughFunctions } from '../../lib/sql-tree.ts';
import { groupBy } from '../../lib/tables.ts';

type SignUp = NonNullable<Facts['signupProbe']>['cases'][number];
type Case = SignUp['case'];

/** Who comes in that way, in words. */
const WHO: Readonly<Record<Case, string>> = {
  email: 'with an e-mail address',
  'empty metadata': 'without metadata (invited, magic link, made in the dashboard)',
  phone: 'with a phone number',
  google: 'with Google',
  github: 'with GitHub',
  apple: 'with Apple',
  anonymous: 'anonymously',
};
/** Ways that every project has. */
const ALWAYS: ReadonlySet<Case> = new Set(['email', 'empty metadata']);
/** Errors that may come from rows which are missing in an empty copy. */
const ROW_ERRORS = new Set(['23502', '23503', '23514', 'P0001', 'P0002', '22004']);

type SettingFacts = Partial<Pick<Facts, 'repoConfig' | 'platformAuth'>>;

/** Whether people can come in that way: what the hosted project says, else config.toml; null when neither says. */
function isEnabled(facts: SettingFacts, way: Case): boolean | null {
  if (ALWAYS.has(way)) return true;
  const hosted = facts.platformAuth?.settings;
  const key = way === 'anonymous' ? 'external_anonymous_users_enabled' : `external_${way}_enabled`;
  if (typeof hosted?.[key] === 'boolean') return hosted[key];
  const auth = facts.repoConfig?.values.auth as Record<string, unknown> | undefined;
  const table = (of: unknown, name: string) => (of as Record<string, unknown> | undefined)?.[name];
  const value =
    way === 'anonymous'
      ? auth?.enable_anonymous_sign_ins
      : way === 'phone'
        ? phoneSignIn(auth?.sms)
        : table(table(auth?.external, way), 'enabled');
  // Where it is not on, the dashboard may still have it on.
  return value === true ? true : null;
}

interface Standing {
  trigger: Trigger;
  fn: FunctionFact;
}

function isInShadow(shadow: Facts['shadowCatalogue'] | undefined, { trigger, fn }: Standing): boolean {
  if (!shadow) return false;
  return (
    shadow.triggers.some((row) => row.schema === trigger.schema && row.definition === trigger.definition) &&
    shadow.functions.some(
      (row) =>
        row.schema === fn.schema &&
        row.name === fn.name &&
        row.body === fn.body &&
        row.securityDefiner === fn.securityDefiner &&
        row.config.join() === fn.config.join(),
    )
  );
}

/** The trigger whose function the error came through; the first where the context names none. */
function culprit(standing: readonly Standing[], failure: SignUp): Standing | undefined {
  const named = (fn: FunctionFact) =>
    failure.context.some((line) => {
      const name = /^(.+?)\(/.exec(line)?.[1]?.replaceAll('"', '') ?? '';
      return name === fn.name || name === `${fn.schema}.${fn.name}`;
    });
  return standing.find(({ fn }) => named(fn)) ?? standing[0];
}

/** `alter function` statements that let it run as its owner, with names looked up where they are meant. */
function definerFix(fn: FunctionFact): string {
  const name = functionSql(fn);
  const path = fn.config.some((entry) => entry.startsWith('search_path='))
    ? ''
    : `;\nalter ${name} set search_path = public, pg_temp`;
  return `alter ${name} security definer${path}`;
}

export const authTriggerUnsafe = defineCheck({
  id: 'auth-trigger-unsafe',
  rev: 1,
  title: 'Nobody’s sign-up fails in a trigger of yours',
  why: 'A trigger on auth.users runs inside the sign-up, as supabase_auth_admin: when it fails, the user gets “Database error saving new user” and is not created.',
  severity: 'blocker',
  source:
    'CATALOGUE 2.4 auth-trigger-unsafe; Supabase docs, “Managing User Data”; supabase/auth, internal/api/provider',
  remedy:
    'Let the function be SECURITY DEFINER with a fixed search_path, take every metadata field for optional (coalesce), and keep what may fail out of the sign-up.',
  falseAlarms:
    'In a copy of the replayed migrations users are really inserted as supabase_auth_admin, in the shapes GoTrue writes; only a failure counts. Ways to sign in that are not known to be switched on are low. A failure that may come from rows which the migrations do not bring is low. Without a copy only a function is reported that runs with the rights of supabase_auth_admin and touches tables closed to it.',
  matrix: 'Schema',
  needs: ['triggers', 'functions', 'relations', 'columns', 'roles'],
  uses: ['signupProbe', 'shadowCatalogue', 'repoConfig', 'platformAuth'],
  evaluate({ facts, environment }) {
    const standing = facts.triggers.flatMap((trigger): Standing[] => {
      if (trigger.schema !== 'auth' || !['users', 'identities'].includes(trigger.table)) return [];
      if (trigger.internal || trigger.enabled === 'D' || trigger.enabled === 'R') return [];
      const fn = facts.functions.find(
        ({ schema, name }) => schema === trigger.functionSchema && name === trigger.function,
      );
      return fn && fn.schema !== 'auth' ? [{ trigger, fn }] : [];
    });
    if (standing.length === 0) return notApplicable('no trigger of the project stands on auth.users');
    const objectOf = ({ trigger }: Standing) =>
      objectRef('trigger', trigger.schema, trigger.name, { table: trigger.table });
    // What was tried in the copy says nothing of a live function with another body.
    const comparable = environment.source !== 'live' || standing.every((one) => isInShadow(facts.shadowCatalogue, one));
    const probe = comparable ? facts.signupProbe : null;
    if (!probe) {
      const findings = standing.flatMap((one): FindingDraft[] => {
        const closed = one.fn.securityDefiner ? [] : closedTo(facts, one.fn);
        if (closed.length === 0) return [];
        const object = objectOf(one);
        return [
          {
            object,
            message: `every sign-up fails: the function of the trigger ${quoteIdent(one.trigger.name)} runs as supabase_auth_admin, which may not use ${listed(closed)}`,
            detail: `${qualified(one.fn.schema, one.fn.name)} is not SECURITY DEFINER. No sign-up was tried: there is no copy of the database with this trigger.`,
            fix: { sql: definerFix(one.fn) },
            discriminator: 'not definer',
          },
        ];
      });
      return evaluated(standing.length, 'trigger on auth.users', findings, 'triggers on auth.users');
    }
    const causes = groupBy(
      probe.cases,
      ({ sqlstate, message, context }) => `${sqlstate} ${message} ${context.at(-1) ?? ''}`,
    );
    const findings = [...causes.values()].flatMap((failures): FindingDraft[] => {
      const [failure] = failures;
      const one = failure && culprit(standing, failure);
      if (!failure || !one) return [];
      const ways = failures.map((row) => row.case);
      const usual = ways.filter((way) => isEnabled(facts, way) === true);
      const missingRows = ROW_ERRORS.has(failure.sqlstate) ? emptyReads(facts, one.fn, probe.emptyTables) : [];
      const severity = missingRows.length > 0 || usual.length === 0 ? 'low' : 'blocker';
      const object = objectOf(one);
      const who = [...new Set((usual.length > 0 ? usual : ways).map((way) => WHO[way]))];
      const condition =
        missingRows.length > 0
          ? ` unless ${listed(missingRows)} hold what it looks for`
          : usual.length === 0
            ? ', should that be switched on'
            : '';
      return [
        {
          object,
          severity,
          message: `whoever signs up ${listed(who)} gets an error and no account${condition}: ${failure.message}`,
          detail: `Tried in a copy of the schema as supabase_auth_admin: ${failure.step === 'insert' ? 'the INSERT' : `the step “${failure.step}”`} failed with ${failure.sqlstate}${failure.context.length > 0 ? ` in ${failure.context.join(', called by ')}` : ''}. Failed: ${ways.join(', ')}; tried: ${probe.tried.join(', ')}.`,
          fix: fixFor(one.fn, failure),
          discriminator: `${failure.sqlstate} ${usual.length > 0 ? 'usual' : ways.join(' ')}`,
        },
      ];
    });
    return evaluated(standing.length, 'trigger on auth.users', findings, 'triggers on auth.users');
  },
});

/** Tables the function (and what it calls) uses to which supabase_auth_admin holds no privilege at all. */
function closedTo(facts: Pick<Facts, 'functions' | 'relations' | 'columns' | 'roles'>, fn: FunctionFact): string[] {
  const { body } = functionTree(fn);
  const found = new Set<string>();
  for (const { name, schema } of relationsIn(body ?? [])) {
    const relation = relationNamed(facts, schema ?? 'public', name);
    if (!relation || relation.platform) continue;
    const open = (['select', 'insert', 'update', 'delete'] as const).some((privilege) =>
      holds(facts, 'supabase_auth_admin', relation, privilege),
    );
    if (!open) found.add(qualified(relation.schema, relation.name));
  }
  return [...found].sort();
}

/** Tables without rows in the copy that the function or what it calls reads. */
function emptyReads(
  facts: Pick<Facts, 'functions'>,
  fn: FunctionFact,
  empty: readonly (readonly [string, string])[],
): string[] {
  const names = new Map(empty.map(([schema, name]) => [name, qualified(schema, name)]));
  const found = new Set<string>();
  for (const { tree } of throughFunctions(functionTree(fn).body ?? [], facts.functions)) {
    for (const target of readsIn(tree)) {
      const name = names.get(target);
      if (name !== undefined) found.add(name);
    }
  }
  return [...found].sort();
}

/** Names of relations in FROM, not those only written to. */
function readsIn(tree: unknown): string[] {
  const written = new Set<string>();
  const all = relationsIn(tree).map(({ name }) => name);
  for (const statement of Array.isArray(tree) ? tree : [tree]) {
    const insert = (statement as { InsertStmt?: { relation?: { relname?: string }; selectStmt?: unknown } }).InsertStmt;
    if (insert?.relation?.relname) written.add(insert.relation.relname);
  }
  const counts = groupBy(all, (name) => name);
  return [...counts].flatMap(([name, uses]) => (written.has(name) && uses.length === 1 ? [] : [name]));
}

function fixFor(fn: FunctionFact, { sqlstate }: SignUp): NonNullable<FindingDraft['fix']> {
  if (sqlstate === '42501' && !fn.securityDefiner) return { sql: definerFix(fn) };
  const fixed = fn.config.some((entry) => entry.startsWith('search_path='));
  if (sqlstate === '42P01' && !fixed) return { sql: `alter ${functionSql(fn)} set search_path = public, pg_temp` };
  if (sqlstate === '57014')
    return { command: 'Find what does not end in it; a loop needs an exit, a wait belongs into a job.' };
  return {
    command:
      "Take every field for optional, e.g. coalesce(new.raw_user_meta_data ->> 'name', ''), or let the column be NULL.",
  };
}
