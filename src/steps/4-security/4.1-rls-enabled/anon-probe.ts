import { lettersFor } from '../../../core/acl.ts';
import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { type Asked, approvedForAnon, bucketName } from '../../lib/api-answers.ts';
import { accessOf, EXPOSURE, type ExposureFacts, relationNamed } from '../../lib/exposure.ts';
import { isDeclared, isUsers, listed, relationRef } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

type ProbeFacts = ExposureFacts & Partial<Pick<Facts, 'declared' | 'repoAccess'>>;

/** Declared, approved in the access contract, or let through by a policy that speaks to visitors. */
function isMeant(facts: ProbeFacts, relation: Relation): boolean {
  if (isDeclared(facts.declared?.publicTables, relation)) return true;
  if (approvedForAnon(facts, qualified(relation.schema, relation.name)) === true) return true;
  const { because, rows } = accessOf(facts, 'anon', relation, 'select');
  return rows !== 'none' && (because === 'policies' || because === 'invoker-rights');
}

function revoke(relation: Relation): string {
  const fromAll = lettersFor(relation.acl, new Set(['public'])).has('r');
  return `revoke select on ${qualified(relation.schema, relation.name)} from anon${fromAll ? ', public' : ''};`;
}

/** PostgreSQL stopped the read itself, so that no row came; another error leaves it open. */
const isOpen = ({ outcome, code }: Asked) => outcome === 'error' && code !== '42P17';

export const anonProbe = defineCheck({
  id: 'anon-probe',
  rev: 1,
  title: 'Nobody with only the publishable key gets a row that is not meant for everybody',
  why: 'The publishable key stands in every page you ship. What one request with it returns, anybody on the internet can have.',
  severity: 'blocker',
  source: 'CATALOGUE 4.1 anon-probe; PostgREST, Tables and Views: GET with limit=1; Supabase Storage API, list',
  remedy:
    'Switch row level security on and write policies for those who may read, or take SELECT from anon. If it is meant for everybody, say so in declared.publicTables.',
  falseAlarms:
    'Silent for tables in declared.publicTables, for those the approved access contract opens to anon, and where a policy (of the table, or of what a security_invoker view reads) lets visitors pass. An empty answer proves nothing about later rows: policies are judged by the checks over the catalogue.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'httpSurface'],
  uses: [...SHARPENED, 'repoAccess', 'storage'],
  evaluate({ facts }) {
    const { relations, buckets, origin } = facts.httpSurface;
    const findings: FindingDraft[] = relations.flatMap((asked): FindingDraft[] => {
      const relation = relationNamed(facts, asked.schema, asked.name);
      if (asked.outcome !== 'rows' || !relation || !isUsers(relation) || isMeant(facts, relation)) return [];
      const table = qualified(relation.schema, relation.name);
      const { sentence } = accessOf(facts, 'anon', relation, 'select');
      return [
        {
          object: relationRef(relation),
          message: `anyone with the publishable key reads rows of ${table}: the API handed one out`,
          detail: `GET ${origin}/rest/v1/${asked.name}?limit=1 answered ${asked.status} with columns ${listed(asked.columns)}; by the catalogue: ${sentence}`,
          fix: { sql: revoke(relation), url: RLS_DOCS },
        },
      ];
    });
    const shown = new Set(facts.storage?.buckets.filter((bucket) => bucket.public).map(({ id }) => id));
    for (const { id, outcome } of buckets) {
      if (outcome !== 'rows' || shown.has(id) || approvedForAnon(facts, bucketName(id)) === true) continue;
      findings.push({
        object: objectRef('bucket', null, id),
        message: `anyone with the publishable key lists the files of private bucket ${id}: the API named one`,
        detail: `POST ${origin}/storage/v1/object/list/${id} answered with a file`,
        fix: {
          command: 'confine the SELECT policy on storage.objects that lets anon pass to the bucket’s users',
          url: 'https://supabase.com/docs/guides/storage/security/access-control',
        },
      });
    }
    const open = relations.filter(isOpen);
    if (findings.length === 0 && open.length > 0)
      return skipped(
        `the API answered ${listed(open.map(({ schema, name, code, status }) => `${qualified(schema, name)} with ${code ?? status}`))}: whether a row comes is not known; try again when it answers`,
      );
    return evaluated(
      relations.length + buckets.length,
      'table, view or bucket asked',
      findings,
      'tables, views and buckets asked',
    );
  },
});
