import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts, FunctionFact, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { columnsOf, relationNamed } from '../../lib/exposure.ts';
import { listed, relationRef } from '../../lib/refs.ts';
import { computedOn, inputArguments } from '../code-objects.ts';

type Needed = Pick<Facts, 'relations' | 'columns' | 'functions' | 'types' | 'schemas'> &
  Partial<Pick<Facts, 'repoMigrations'>>;
type Typed = NonNullable<Facts['repoTypes']>;
type TypedSchema = Typed['schemas'][number];

export const typesDrift = defineCheck({
  id: 'types-drift',
  rev: 1,
  title: 'Committed types match the database',
  why: 'The compiler vouches for columns that are gone and hides those that came: what compiles fails at run time.',
  severity: 'high',
  source: 'CATALOGUE 6.2 types-drift; Supabase CLI, gen types',
  remedy: 'Generate the types again from the database they are for, and let CI fail when they differ.',
  falseAlarms:
    'Compared by names, so versions of the generator do not matter (supabase/cli#6390). Left out: __InternalSupabase, platform schemas, schemas not generated, partitions, extension objects, computed columns, functions the generator leaves out.',
  needs: ['repoTypes', 'relations', 'columns', 'functions', 'types', 'schemas'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const typed = facts.repoTypes;
    if (typed === null) return notApplicable('no generated Database type is committed');
    if (typed.error) return skipped(`${typed.path} could not be read: ${typed.error}`);
    const findings: FindingDraft[] = [];
    let looked = 0;
    for (const schema of typed.schemas) {
      const known = facts.schemas.find(({ name }) => name === schema.name);
      if (known?.platform && schema.name !== 'public') continue;
      if (!known && ['graphql_public', 'graphql', 'storage', 'auth', 'realtime', 'pgbouncer'].includes(schema.name))
        continue;
      looked += schema.relations.length;
      findings.push(
        ...relationDrift(facts, typed, schema),
        ...functionDrift(facts, typed, schema),
        ...enumDrift(facts, typed, schema),
      );
    }
    return evaluated(looked, 'typed table or view', findings, 'typed tables and views');
  },
});

function regenerate(typed: Typed, schema: string): { command: string } {
  return { command: `supabase gen types typescript --linked --schema ${schema} > ${typed.path}` };
}

function relationDrift(facts: Needed, typed: Typed, schema: TypedSchema): FindingDraft[] {
  const findings: FindingDraft[] = [];
  const fix = regenerate(typed, schema.name);
  const names = new Set(schema.relations.map(({ name }) => name));
  for (const { name, line, columns } of schema.relations) {
    const location = { file: typed.path, line, column: 1 };
    const relation = relationNamed(facts, schema.name, name);
    if (!relation) {
      findings.push({
        object: objectRef('table', schema.name, name),
        message: `the types know ${qualified(schema.name, name)}, the database does not: code that compiles fails on it`,
        detail: `Typed in ${typed.path}:${line}.`,
        fix,
        location,
      });
      continue;
    }
    const actual = new Set(columnsOf(facts, relation).map((column) => column.name));
    const listedNames = new Set(columns.map((column) => column.name));
    const gone = columns.filter(
      (column) => !actual.has(column.name) && !computedOn(facts as Pick<Facts, 'functions'>, relation, column.name),
    );
    const untyped = [...actual].filter((column) => !listedNames.has(column));
    if (gone.length === 0 && untyped.length === 0) continue;
    const parts = [
      ...(gone.length > 0 ? [`still list ${listed(gone.map((column) => column.name))}`] : []),
      ...(untyped.length > 0 ? [`lack ${listed(untyped)}`] : []),
    ];
    findings.push({
      object: relationRef(relation),
      message: `the types of ${qualified(schema.name, name)} ${parts.join(' and ')}: the compiler checks against a table that is not there`,
      detail: `Compared ${typed.path}:${line} with the ${counted(actual.size, 'column')} of the database.`,
      fix,
      location: { file: typed.path, line: gone[0]?.line ?? line, column: 1 },
    });
  }
  for (const relation of facts.relations) {
    if (relation.schema !== schema.name || !isTyped(relation) || names.has(relation.name)) continue;
    const object = relationRef(relation);
    findings.push({
      object,
      message: `${qualified(relation.schema, relation.name)} is missing from the types: code that uses it compiles only unchecked`,
      detail: `${typed.path} does not name it.`,
      fix,
    });
  }
  return findings;
}

function isTyped(relation: Relation): boolean {
  return (
    !relation.platform && relation.extension === null && relation.partitionOf === null && relation.persistence !== 't'
  );
}

/** Whether the generator writes a function down: called by name with named arguments. */
function isGenerated(fn: FunctionFact): boolean {
  if (fn.platform || fn.extension !== null || fn.trigger !== null || fn.kind !== 'function') return false;
  return inputArguments(fn.arguments).every(({ name }) => name !== null);
}

function functionDrift(facts: Needed, typed: Typed, schema: TypedSchema): FindingDraft[] {
  const own = facts.functions.filter((fn) => fn.schema === schema.name);
  const existing = new Set(own.map(({ name }) => name));
  const known = new Set(schema.functions.map(({ name }) => name));
  const fix = regenerate(typed, schema.name);
  const findings: FindingDraft[] = schema.functions
    .filter(({ name }) => !existing.has(name))
    .map(({ name, line }) => ({
      object: objectRef('function', schema.name, name),
      message: `the types know the function ${qualified(schema.name, name)}, the database does not: a call that compiles fails`,
      detail: `Typed in ${typed.path}:${line}.`,
      fix,
      location: { file: typed.path, line, column: 1 },
    }));
  // A type that lists no function at all was generated by a version or option without them.
  // Computed columns stand in the row of their table instead.
  const rowTypes = new Set(facts.relations.map(({ name }) => name));
  const computed = (fn: FunctionFact) => {
    const [first, ...others] = inputArguments(fn.arguments);
    return (
      first !== undefined && others.length === 0 && rowTypes.has(first.type.replaceAll('"', '').split('.').at(-1) ?? '')
    );
  };
  const missing = [...new Set(own.filter((fn) => isGenerated(fn) && !computed(fn)).map(({ name }) => name))].filter(
    (name) => !known.has(name),
  );
  if (missing.length > 0 && schema.functions.length > 0) {
    findings.push({
      object: objectRef('file', null, typed.path),
      severity: 'medium',
      message: `the types lack ${counted(missing.length, 'function')} of schema ${schema.name}: ${listed(missing)}`,
      detail: 'Calls of them compile only unchecked.',
      fix,
      location: { file: typed.path, line: 1, column: 1 },
      discriminator: `functions ${schema.name}`,
    });
  }
  return findings;
}

function enumDrift(facts: Needed, typed: Typed, schema: TypedSchema): FindingDraft[] {
  const findings: FindingDraft[] = [];
  const fix = regenerate(typed, schema.name);
  const own = facts.types.filter((type) => type.schema === schema.name && type.kind === 'enum');
  for (const { name, line, labels } of schema.enums) {
    const actual = own.find((type) => type.name === name);
    const location = { file: typed.path, line, column: 1 };
    if (!actual) {
      findings.push({
        object: objectRef('type', schema.name, name),
        message: `the types know the enum ${qualified(schema.name, name)}, the database does not`,
        detail: `Typed in ${typed.path}:${line}.`,
        fix,
        location,
      });
      continue;
    }
    const gone = labels.filter((label) => !actual.labels.includes(label));
    const added = actual.labels.filter((label) => !labels.includes(label));
    if (labels.length === 0 || (gone.length === 0 && added.length === 0)) continue;
    findings.push({
      object: objectRef('type', schema.name, name),
      message: `the labels of ${qualified(schema.name, name)} differ from its type: ${[
        ...(gone.length > 0 ? [`${listed(gone)} only typed`] : []),
        ...(added.length > 0 ? [`${listed(added)} not typed`] : []),
      ].join(', ')}`,
      detail: `Compared with ${typed.path}:${line}.`,
      fix,
      location,
    });
  }
  for (const type of own) {
    if (type.platform || type.extension !== null || schema.enums.some(({ name }) => name === type.name)) continue;
    findings.push({
      object: objectRef('type', schema.name, type.name),
      severity: 'medium',
      message: `the enum ${qualified(schema.name, type.name)} is missing from the types`,
      detail: `${typed.path} does not name it.`,
      fix,
    });
  }
  return findings;
}
