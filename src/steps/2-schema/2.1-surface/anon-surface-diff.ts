import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { type Asked, approvedForAnon } from '../../lib/api-answers.ts';
import { accessOf, canExecute, type ExposureFacts, relationNamed, schemaUsage } from '../../lib/exposure.ts';
import { functionRef, isDeclared, relationRef } from '../../lib/refs.ts';

const API_DOCS = 'https://supabase.com/docs/guides/api/securing-your-api';
const answers = ({ outcome }: Pick<Asked, 'outcome'>) => outcome === 'rows' || outcome === 'empty';

type SurfaceFacts = ExposureFacts & Partial<Pick<Facts, 'declared' | 'repoAccess'>>;

function relationFinding(facts: SurfaceFacts, relation: Relation, asked: Asked): FindingDraft | null {
  const table = qualified(relation.schema, relation.name);
  const { because, sentence } = accessOf(facts, 'anon', relation, 'select');
  const refused = because === 'no-privilege' || because === 'no-schema-usage' || because === 'schema-not-exposed';
  const object = relationRef(relation);
  if (answers(asked) && refused)
    return {
      object,
      message: `the API answers for ${table} with the publishable key, although the database gives anon no right to it`,
      detail: `HTTP ${asked.status}; by the catalogue: ${sentence}. A key of another role, or a proxy with rights of its own, answers so`,
      fix: { command: 'check that the key is the publishable one and what stands before the API', url: API_DOCS },
    };
  const meant =
    isDeclared(facts.declared?.publicTables, relation) || approvedForAnon(facts, `${relation.schema}.${relation.name}`);
  if (meant && (asked.outcome === 'denied' || asked.outcome === 'absent'))
    return {
      object,
      message: `${table} is declared public, but the API ${asked.outcome === 'denied' ? 'refuses it to visitors' : 'does not know it'}`,
      detail: `HTTP ${asked.status}${asked.code ? ` ${asked.code}` : ''}; by the catalogue: ${sentence}`,
      fix:
        asked.outcome === 'denied'
          ? { sql: `grant select on ${table} to anon;`, url: API_DOCS }
          : { sql: `notify pgrst, 'reload schema';`, url: API_DOCS },
    };
  return null;
}

export const anonSurfaceDiff = defineCheck({
  id: 'anon-surface-diff',
  rev: 1,
  title: 'What the API answers to visitors is what the database and you say it does',
  why: 'A key of the wrong role opens everything at once, and a public page whose table refuses visitors shows nothing. Neither is seen in the database alone.',
  severity: 'high',
  source:
    'CATALOGUE 2.1 anon-surface-diff; PostgREST, Error codes (PGRST106, PGRST202, PGRST205) and Authentication: anonymous role',
  remedy:
    'Use the publishable key of this very project; grant what is meant to be public, and take out of declared.publicTables or supaready.access.json what is not.',
  falseAlarms:
    'What is readable without being meant is anon-probe’s. Functions that write or need arguments are not called, and nothing is said of them.',
  needs: ['database', 'roles', 'schemas', 'relations', 'columns', 'policies', 'functions', 'views', 'httpSurface'],
  uses: ['repoConfig', 'declared', 'repoAccess'],
  evaluate({ facts }) {
    const { relations, functions } = facts.httpSurface;
    const findings = relations.flatMap((asked) => {
      const relation = relationNamed(facts, asked.schema, asked.name);
      return (relation && relationFinding(facts, relation, asked)) || [];
    });
    const called = functions.filter(({ outcome }) => outcome !== 'not-asked');
    for (const asked of called) {
      const fn = facts.functions.find(
        (one) => one.schema === asked.schema && one.name === asked.name && one.arguments === asked.arguments,
      );
      // Overloads answer for one another.
      const alone =
        facts.functions.filter((one) => one.schema === asked.schema && one.name === asked.name).length === 1;
      if (!fn || !alone || !answers(asked)) continue;
      if (canExecute(facts, 'anon', fn) && schemaUsage(facts, 'anon', fn.schema)) continue;
      findings.push({
        object: functionRef(fn),
        message: `the API runs ${qualified(fn.schema, fn.name)}() with the publishable key, although anon may not execute it`,
        detail: `HTTP ${asked.status}; anon holds no EXECUTE by the catalogue`,
        fix: { command: 'check that the key is the publishable one and what stands before the API', url: API_DOCS },
      });
    }
    return evaluated(
      relations.length + called.length,
      'table, view or function asked',
      findings,
      'tables, views and functions asked',
    );
  },
});
