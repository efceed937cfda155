import { type CheckOutcome, defineCheck, evaluated, notApplicable, skipped } from '../../../../core/check.ts';
import type { Facts, FunctionFact } from '../../../../core/facts.ts';
import type { FindingDraft } from '../../../../core/finding.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified } from '../../../../core/text.ts';
import { executableByPublic } from '../../../lib/api-functions.ts';
import { canExecute } from '../../../lib/exposure.ts';
import { functionRef, functionSql } from '../../../lib/refs.ts';

interface Hook {
  name: string;
  uri: string;
  /** Where it is said that it is on. */
  from: string;
}

/** Hooks that are on: those of the project, else those that config.toml would switch on. */
function hooksOf(facts: Partial<Pick<Facts, 'platformAuth' | 'repoConfig'>>): Hook[] {
  const { platformAuth, repoConfig } = facts;
  if (platformAuth) {
    return Object.keys(platformAuth.settings).flatMap((field) => {
      const name = /^hook_([a-z_]+)_enabled$/.exec(field)?.[1];
      const uri = platformAuth.settings[`hook_${name}_uri`];
      return name !== undefined && platformAuth.settings[field] === true && typeof uri === 'string'
        ? [{ name, uri, from: `hook_${name}_uri` }]
        : [];
    });
  }
  const declared = (repoConfig?.values.auth as { hook?: Record<string, unknown> } | undefined)?.hook ?? {};
  return Object.entries(declared).flatMap(([name, value]) => {
    const { enabled, uri } = (value ?? {}) as { enabled?: unknown; uri?: unknown };
    return enabled === true && typeof uri === 'string'
      ? [{ name, uri, from: `${repoConfig?.path} auth.hook.${name}` }]
      : [];
  });
}

function judge(hook: Hook, facts: Pick<Facts, 'functions' | 'roles'>): FindingDraft[] {
  const target = /^pg-functions:\/\/[^/]+\/([^/]+)\/([^/?]+)/.exec(hook.uri);
  const object = objectRef('setting', null, `hook ${hook.name}`);
  if (!target) {
    if (!/^http:/i.test(hook.uri)) return [];
    return [
      {
        object,
        severity: 'high',
        message: `the hook ${hook.name} sends users’ data over http, unencrypted`,
        detail: `${hook.from} names an address that begins with http:.`,
        fix: { command: 'Give it an https address.' },
        discriminator: 'http',
      },
    ];
  }
  const [, schema = '', name = ''] = target.map((part) => decodeURIComponent(part));
  const found = facts.functions.filter((fn) => fn.schema === schema && fn.name === name);
  const [fn] = found;
  if (!fn) {
    return [
      {
        object,
        message: `the hook ${hook.name} calls ${qualified(schema, name)}, which is not there: each sign-in that needs it fails`,
        detail: `${hook.from} names it; pg_proc has no such function.`,
        fix: { command: 'Make the function in a migration, or switch the hook off.' },
        discriminator: 'missing',
      },
    ];
  }
  return [...callable(hook, fn, facts), ...uncallable(hook, fn, facts)];
}

/** Sign-in gives the hook claims of any user: whoever may call it asks for the claims of others. */
function callable(hook: Hook, fn: FunctionFact, facts: Pick<Facts, 'roles'>): FindingDraft[] {
  const roles = ['anon', 'authenticated'].filter((role) => canExecute(facts, role, fn));
  if (roles.length === 0) return [];
  const from = executableByPublic(fn) ? ['public', ...roles] : roles;
  return [
    {
      object: functionRef(fn),
      message: `the sign-in hook ${hook.name} can be called by ${roles.join(' and ')} with claims of their choice`,
      detail: `EXECUTE on ${qualified(fn.schema, fn.name)} is held by ${from.join(', ')}.`,
      fix: {
        sql: `revoke execute on ${functionSql(fn)} from ${from.join(', ')};\ngrant execute on ${functionSql(fn)} to supabase_auth_admin;`,
      },
      discriminator: `${hook.name} callable`,
    },
  ];
}

function uncallable(hook: Hook, fn: FunctionFact, facts: Pick<Facts, 'roles'>): FindingDraft[] {
  if (canExecute(facts, 'supabase_auth_admin', fn)) return [];
  return [
    {
      object: functionRef(fn),
      message: `the sign-in hook ${hook.name} may not be called by supabase_auth_admin: each sign-in that needs it fails`,
      detail: `supabase_auth_admin holds no EXECUTE on ${qualified(fn.schema, fn.name)}.`,
      fix: { sql: `grant execute on ${functionSql(fn)} to supabase_auth_admin;` },
      discriminator: `${hook.name} uncallable`,
    },
  ];
}

export const authHook = defineCheck({
  id: 'auth-hook',
  rev: 1,
  title: 'Hooks of the sign-in exist, and only the sign-in can call them',
  why: 'A hook that is missing or may not be called stops every sign-in; one that users can call tells them the claims of others or lets them try their own.',
  severity: 'blocker',
  source:
    'CATALOGUE 4.3 auth-hook; Supabase docs, “Auth Hooks” (grants of Postgres hooks); Management API, config/auth hook_*',
  remedy: 'Grant EXECUTE to supabase_auth_admin, and revoke it from authenticated, anon and public.',
  falseAlarms:
    'Hooks that are off are not judged. Without the Management API, those that supabase/config.toml switches on are.',
  needs: ['functions', 'roles'],
  uses: ['platformAuth', 'repoConfig'],
  evaluate({ facts }): CheckOutcome {
    const hooks = hooksOf(facts);
    const findings = hooks.flatMap((hook) => judge(hook, facts));
    if (findings.length === 0 && facts.platformAuth === undefined)
      return skipped(
        'which hooks the project has switched on is not known; set SUPABASE_ACCESS_TOKEN and link the project, so that its sign-in settings are read',
      );
    if (hooks.length === 0) return notApplicable('no hook is on');
    return evaluated(hooks.length, 'hook', findings);
  },
});
