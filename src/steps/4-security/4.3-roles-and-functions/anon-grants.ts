import type { Privilege } from '../../../core/acl.ts';
import { grants } from '../../../core/acl.ts';
import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FunctionFact, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import type { Severity } from '../../../core/severity.ts';
import { walk } from '../../../core/sql.ts';
import { counted, qualified } from '../../../core/text.ts';
import { callers, executableByPublic } from '../../lib/api-functions.ts';
import { policyHelpers } from '../../lib/api-policies.ts';
import {
  EXPOSURE,
  effectivePrivileges,
  exposedSchemas,
  holds,
  policyRows,
  roleClosure,
  schemaUsage,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { functionSql, isUsers, listed } from '../../lib/refs.ts';
import { functionTree } from '../../lib/sql-tree.ts';
import { groupBy } from '../../lib/tables.ts';

const WRITING = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'PLpgSQL_stmt_dynexecute',
]);
const WRITES = ['insert', 'update', 'delete'] as const;

const named = (relations: readonly Relation[]) =>
  relations.map((relation) => qualified(relation.schema, relation.name));

/** The body changes rows or runs text as SQL; one that cannot be read is taken to. */
function writes(fn: FunctionFact): boolean {
  const { body, plpgsql } = functionTree(fn);
  if (body === null) return true;
  let found = false;
  walk([body, plpgsql], (type) => {
    if (WRITING.has(type)) found = true;
    return !found;
  });
  return found;
}

/** Writes that anon holds and that no policy lets it use. */
function idleWrites(
  facts: Parameters<typeof policyRows>[0] & Parameters<typeof holds>[0],
  relation: Relation,
): (typeof WRITES)[number][] {
  return WRITES.filter(
    (privilege) =>
      holds(facts, 'anon', relation, privilege) &&
      relation.rls &&
      policyRows(facts, 'anon', relation, privilege).rows === 'none',
  );
}

export const anonGrants = defineCheck({
  id: 'anon-grants',
  rev: 1,
  title: 'Visitors hold only the privileges that some policy lets them use',
  why: 'A grant that no policy needs is one forgotten policy, or one “alter table … disable row level security”, away from being used by everybody.',
  severity: 'medium',
  source: 'PostgreSQL, GRANT (TRUNCATE is not subject to row level security); Supabase, Securing your API',
  remedy: 'Revoke from anon what it does not need; grant per table what it does.',
  falseAlarms:
    'One finding per schema and cause, not per table. Tables without row level security are rls-all-privileges’ business; writes that a policy lets anon do are meant. TRUNCATE cannot be sent over the Data API: where it came with the platform’s default grants of everything it is medium, where it was granted on purpose it is high.',
  aspect: 'grants',
  needs: [...EXPOSURE, 'sequences'],
  uses: ['repoConfig'],
  evaluate({ facts }) {
    const exposed = exposedSchemas(facts);
    if (exposed === null) return skipped(UNKNOWN_EXPOSURE);
    const served = exposed.filter((schema) => schemaUsage(facts, 'anon', schema));
    const relations = facts.relations.filter((relation) => isUsers(relation) && served.includes(relation.schema));
    const tables = relations.filter((relation) => relation.kind === 'table' || relation.kind === 'partitioned table');
    const findings: FindingDraft[] = [];
    const report = (schema: string, cause: string, severity: Severity, message: string, detail: string, sql: string) =>
      findings.push({
        object: objectRef('schema', null, schema),
        severity,
        discriminator: cause,
        message,
        detail,
        fix: { sql, url: 'https://supabase.com/docs/guides/api/securing-your-api' },
      });

    for (const [schema, rows] of groupBy(tables, (relation) => relation.schema)) {
      const held = rows.map((relation) => ({ relation, writes: idleWrites(facts, relation) }));
      const idle = held.filter(({ writes }) => writes.length > 0);
      if (idle.length > 0) {
        const sql = idle
          .map(
            ({ relation, writes }) =>
              `revoke ${writes.join(', ')} on ${qualified(schema, relation.name)} from public, anon;`,
          )
          .join('\n');
        report(
          schema,
          'writes',
          'medium',
          `anon may write to ${counted(idle.length, 'table')} of schema ${schema} that no policy lets it write to: only row level security stands in between`,
          `INSERT, UPDATE or DELETE held on ${listed(named(idle.map(({ relation }) => relation)))}`,
          sql,
        );
      }
      const truncate = rows.filter((relation) => effectivePrivileges(facts, 'anon', relation).table.has('truncate'));
      const onPurpose = truncate.filter(
        (relation) =>
          !(['select', 'insert', 'update', 'delete', 'references', 'trigger'] as Privilege[]).every((privilege) =>
            effectivePrivileges(facts, 'anon', relation).table.has(privilege),
          ),
      );
      if (truncate.length > 0) {
        report(
          schema,
          'truncate',
          onPurpose.length > 0 ? 'high' : 'medium',
          `anon may TRUNCATE ${counted(truncate.length, 'table')} of schema ${schema}, which row level security does not stop: one function that runs SQL for visitors empties them`,
          `TRUNCATE held on ${listed(named(onPurpose.length > 0 ? onPurpose : truncate))}`,
          `revoke truncate on ${named(truncate).join(', ')} from public, anon;`,
        );
      }
    }
    const closure = roleClosure(facts, 'anon');
    const sequences = facts.sequences.filter(
      (sequence) => !sequence.platform && served.includes(sequence.schema) && grants(sequence.acl, 'update', closure),
    );
    for (const [schema, rows] of groupBy(sequences, (sequence) => sequence.schema)) {
      const names = rows.map((sequence) => qualified(schema, sequence.name));
      report(
        schema,
        'sequences',
        'low',
        `anon may reset ${counted(rows.length, 'sequence')} of schema ${schema} (UPDATE), where USAGE is all that an insert needs`,
        `UPDATE held on ${listed(names)}`,
        `revoke update on sequence ${names.join(', ')} from public, anon;`,
      );
    }
    const helpers = policyHelpers(facts);
    const open = facts.functions.filter(
      (fn) =>
        isUsers(fn) &&
        !fn.securityDefiner &&
        fn.volatility === 'volatile' &&
        !helpers.has(fn) &&
        writes(fn) &&
        executableByPublic(fn) &&
        callers(facts, fn).includes('anon'),
    );
    for (const [schema, rows] of groupBy(open, (fn) => fn.schema)) {
      const sql = rows
        .map(
          (fn) =>
            `revoke execute on ${functionSql(fn)} from public, anon;\ngrant execute on ${functionSql(fn)} to authenticated, service_role;`,
        )
        .join('\n');
      report(
        schema,
        'functions',
        'medium',
        `${counted(rows.length, 'function')} of schema ${schema} that can write may be called by anybody, because PostgreSQL grants EXECUTE to PUBLIC unless told otherwise`,
        `EXECUTE by PUBLIC on ${listed(rows.map((fn) => `${qualified(schema, fn.name)}(${fn.arguments})`))}`,
        sql,
      );
    }
    const looked =
      relations.length +
      facts.sequences.filter((sequence) => !sequence.platform).length +
      facts.functions.filter(isUsers).length;
    return evaluated(looked, 'table, sequence or function', findings, 'tables, sequences and functions');
  },
});
