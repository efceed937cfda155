import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { keyOf, userTablesByKey } from '../../lib/tables.ts';

const VIEWS = ['view', 'materialized view', 'foreign table'];

export const unmanagedObject = defineCheck({
  id: 'unmanaged-object',
  rev: 1,
  title: 'Every table, view and function was created by a migration',
  why: 'What was made by hand in the dashboard is missing from the next environment and from a rebuild after a disaster, and nobody reviews its changes.',
  severity: 'high',
  source: 'CATALOGUE 2.1 unmanaged-object; supabase/splinter#32',
  remedy: 'Pull the object into a migration (`supabase db pull`), review it and commit it; or drop it.',
  falseAlarms:
    'Partitions (made by jobs), objects of extensions and the books of migration tools are not counted. When a migration file cannot be parsed, the check is skipped rather than blaming objects that file may create.',
  matrix: 'Schema',
  needs: ['relations', 'functions', 'repoMigrations'],
  uses: ['replayOrigins'],
  evaluate({ facts, environment }) {
    if (environment.source === 'from-migrations') {
      return notApplicable('this database was built from the migrations: nothing else can be in it');
    }
    const { files } = facts.repoMigrations;
    // A replay sees what blocks and functions make; an aspect alone (a grant, a comment) is of an object made elsewhere.
    const origins = [...facts.repoMigrations.origins, ...(facts.replayOrigins ?? [])].filter(
      ({ aspect, column }) => aspect === null && column === null,
    );
    const tables = [...userTablesByKey(facts.relations).values()];
    const views = facts.relations.filter(
      (relation) => VIEWS.includes(relation.kind) && !relation.platform && relation.extension === null,
    );
    const functions = facts.functions.filter((fn) => !fn.platform && fn.extension === null);
    const count = tables.length + views.length + functions.length;
    if (files.length === 0) {
      if (count === 0) return notApplicable('neither migrations nor objects of the project are there');
      return evaluated(count, 'object', [
        {
          object: objectRef('directory', null, 'supabase/migrations'),
          message: `the repository holds no migration: ${counted(tables.length, 'table')}, ${counted(views.length, 'view')} and ${counted(functions.length, 'function')} of this database cannot be rebuilt or reviewed`,
          detail: 'No migration folder of Supabase, Prisma or Drizzle was found in the repository.',
          fix: { command: 'supabase db pull' },
        },
      ]);
    }
    const relationOrigins = new Set(
      origins
        .filter(({ kind }) => kind !== 'function' && kind !== 'procedure')
        .map(({ schema, name }) => keyOf(schema, name)),
    );
    const functionOrigins = new Set(
      origins
        .filter(({ kind }) => ['function', 'procedure', 'aggregate'].includes(kind))
        .map(({ schema, name }) => keyOf(schema, name)),
    );
    const findings: FindingDraft[] = [];
    for (const relation of [...tables, ...views]) {
      if (relationOrigins.has(keyOf(relation.schema, relation.name))) continue;
      const kind = relation.kind === 'partitioned table' ? 'table' : relation.kind;
      findings.push({
        object: objectRef(kind, relation.schema, relation.name),
        message: `no migration creates the ${kind} ${qualified(relation.schema, relation.name)}: a rebuild will not have it`,
        detail: `It exists in the database, but none of ${counted(files.length, 'migration file')} creates it.`,
        fix: { command: 'supabase db pull' },
      });
    }
    for (const fn of functions) {
      if (functionOrigins.has(keyOf(fn.schema, fn.name))) continue;
      findings.push({
        object: objectRef('function', fn.schema, fn.name, { signature: fn.arguments }),
        message: `no migration creates the ${fn.kind} ${qualified(fn.schema, fn.name)}: a rebuild will not have it`,
        detail: `It exists in the database, but none of ${counted(files.length, 'migration file')} creates it.`,
        fix: { command: 'supabase db pull' },
      });
    }
    const broken = files.find((file) => file.error !== null);
    if (broken && findings.length > 0) {
      return skipped(
        `${counted(findings.length, 'object')} without a known migration, but ${broken.path} could not be read (${broken.error}); mend the file and run it again`,
      );
    }
    return evaluated(count, 'object', findings);
  },
});
