import { type Check, type CheckOutcome, defineCheck, evaluated, notApplicable, skipped } from '../../core/check.ts';
import type { Facts } from '../../core/facts.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { objectRef } from '../../core/object.ts';
import type { Severity } from '../../core/severity.ts';

export type AuthFacts = NonNullable<Facts['platformAuth']>;
type Value = AuthFacts['settings'][string];

/** What is asked of one field of `GET /v1/projects/{ref}/config/auth`. */
export interface AuthRule {
  field: string;
  /** What is wrong with the value, and how much; null when nothing is. */
  judge(value: Value, auth: AuthFacts): { severity: Severity; message: string; to: string } | null;
}

/** A field that must be on (or off). */
export function must(field: string, on: boolean, severity: Severity, message: string): AuthRule {
  return {
    field,
    judge: (value) => ((value === true) === on ? null : { severity, message, to: `set it to ${String(on)}` }),
  };
}

/** A number that must not be above (or below) a limit; `unit` follows it in words. */
export function limit(
  field: string,
  bound: { above?: number; below?: number },
  severity: Severity | ((value: number) => Severity),
  words: (value: number) => string,
): AuthRule {
  return {
    field,
    judge(value) {
      if (typeof value !== 'number') return null;
      const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = bound;
      if (value <= above && value >= below) return null;
      const to = value > above ? `set it to ${above} or less` : `set it to ${below} or more`;
      return { severity: typeof severity === 'function' ? severity(value) : severity, message: words(value), to };
    },
  };
}

export const isOn = (auth: AuthFacts, field: string): boolean => auth.settings[field] === true;

/** True where somebody can sign in with an address and a password or code of their own. */
export const byEmail = (auth: AuthFacts): boolean => auth.settings.external_email_enabled !== false;
export const byPhone = (auth: AuthFacts): boolean => isOn(auth, 'external_phone_enabled');

/** Where a setting stands in the dashboard of the project. */
function page(ref: string, path: string): string {
  return `https://supabase.com/dashboard/project/${ref}/${path}`;
}

interface AuthCheck extends Pick<Check, 'id' | 'title' | 'why' | 'severity' | 'remedy' | 'falseAlarms'> {
  /** Where the rule comes from, beside the catalogue and the API's document. */
  source: string;
  /** Path in the dashboard, e.g. `auth/url-configuration`. */
  page: string;
  rules(auth: AuthFacts): readonly AuthRule[] | string;
}

/**
 * A check of the hosted project's sign-in settings, as the Management API gives them (OpenAPI document of
 * api.supabase.com/v1, `config/auth`). `rules` are those that mean something for this project, or why none does. A field that
 * the API does not give is never taken as right.
 */
export function authCheck({ rules, page: path, source, ...rest }: AuthCheck) {
  return defineCheck({
    ...rest,
    rev: 1,
    source: `CATALOGUE 4.3 ${rest.id}; Management API, config/auth; ${source}`,
    needs: ['platformAuth'],
    evaluate({ facts }): CheckOutcome {
      const auth = facts.platformAuth;
      if (auth === null) return notApplicable('no hosted project stands behind this database');
      const wanted = rules(auth);
      if (typeof wanted === 'string') return notApplicable(wanted);
      const unknown = wanted.filter(({ field }) => auth.settings[field] === undefined).map(({ field }) => field);
      const findings = wanted.flatMap(({ field, judge }): FindingDraft[] => {
        const value = auth.settings[field];
        const wrong = value === undefined ? null : judge(value, auth);
        if (wrong === null) return [];
        const { severity, message, to } = wrong;
        return [
          {
            object: objectRef('setting', null, field),
            severity,
            message,
            detail: `The Management API gives ${field} = ${value === null || value === '' ? 'not set' : String(value)}.`,
            fix: {
              command: `In the dashboard, or by PATCH /v1/projects/${auth.ref}/config/auth: ${to}`,
              url: page(auth.ref, path),
            },
          },
        ];
      });
      if (findings.length === 0 && unknown.length > 0)
        return skipped(
          `the Management API does not give ${unknown.join(', ')}; look at it in the dashboard (${page(auth.ref, path)}) and answer by hand`,
        );
      return evaluated(wanted.length - unknown.length, 'sign-in setting', findings);
    },
  });
}
