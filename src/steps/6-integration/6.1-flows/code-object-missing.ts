import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { columnsOf } from '../../lib/exposure.ts';
import { listed } from '../../lib/refs.ts';
import { keyOf } from '../../lib/tables.ts';
import {
  type CodeCall,
  callLocation,
  computedOn,
  embedded,
  functionsFor,
  inputArguments,
  lookUp,
  places,
} from '../code-objects.ts';

type Needed = Pick<
  Facts,
  | 'repoCode'
  | 'repoConfig'
  | 'repoProject'
  | 'database'
  | 'relations'
  | 'columns'
  | 'functions'
  | 'constraints'
  | 'views'
> &
  Partial<Pick<Facts, 'storage'>>;

/** Findings by what is missing, with every call that asks for it. */
class Missing {
  readonly #found = new Map<string, { draft: FindingDraft; calls: CodeCall[] }>();

  add(key: string, call: CodeCall, draft: FindingDraft): void {
    const known = this.#found.get(key);
    if (known) known.calls.push(call);
    else this.#found.set(key, { draft, calls: [call] });
  }

  findings(): FindingDraft[] {
    return [...this.#found.values()].map(({ draft, calls }) => ({
      ...draft,
      // A script that nobody runs any more breaks nothing of the product.
      ...(calls.every(({ path }) => /(^|\/)scripts?\//.test(path)) && { severity: 'medium' as const }),
      detail: `Asked for at ${places(calls)}.${draft.detail ? ` ${draft.detail}` : ''}`,
    }));
  }
}

export const codeObjectMissing = defineCheck({
  id: 'code-object-missing',
  rev: 1,
  title: 'Everything the code names exists',
  why: 'The call fails for every user on every try, and no compiler says so: the table, column, function or bucket is only a string.',
  severity: 'blocker',
  source:
    'CATALOGUE 6.1 code-object-missing; PostgREST error codes PGRST200, PGRST202, PGRST204, PGRST205, 42703, 42P01',
  remedy: 'Write the migration that is missing, or change the code to what is there.',
  falseAlarms:
    'Judged against the final catalogue, so renamed tables are right under their new name. Computed columns, computed relationships, foreign key names and hints count as what they are; of views only columns are judged; tests and mocks are not read. What only scripts/ ask for is medium; a bucket that a replay lacks is high, since it may have been made by hand.',
  needs: [
    'repoCode',
    'repoConfig',
    'repoProject',
    'database',
    'relations',
    'columns',
    'functions',
    'constraints',
    'views',
  ],
  uses: ['storage'],
  evaluate({ facts, environment }) {
    const missing = new Missing();
    const calls = facts.repoCode.calls.filter(({ target }) => !target.dynamic && target.value !== null);
    for (const call of calls) {
      if (call.kind === 'from' || call.kind === 'postgres_changes') judgeTable(facts, call, missing);
      else if (call.kind === 'rpc') judgeFunction(facts, call, missing);
      else if (call.kind === 'storage') judgeBucket(facts, call, missing, environment.source === 'live');
      else if (call.kind === 'function') judgeEdgeFunction(facts, call, missing);
    }
    return evaluated(calls.length, 'call', missing.findings());
  },
});

function judgeTable(facts: Needed, call: CodeCall, missing: Missing): void {
  const name = call.target.value ?? '';
  const found = lookUp(facts, call);
  if (found.state === 'missing') {
    missing.add(`table ${found.schema} ${name}`, call, {
      object: objectRef('table', found.schema, name),
      message: `the code asks for ${qualified(found.schema, name)}, which does not exist: the call always fails`,
      fix: { command: `write the migration that creates ${qualified(found.schema, name)}, or change the code` },
      location: callLocation(call),
    });
    return;
  }
  if (found.state === 'not-exposed') {
    const { schema } = found.relation;
    missing.add(`exposed ${schema} ${name}`, call, {
      object: objectRef('table', schema, name),
      message: `the code asks the Data API for ${qualified(schema, name)}, whose schema it does not serve: the call always fails`,
      fix: { command: `add ${schema} to [api].schemas, name it with .schema('${schema}'), or read it on the server` },
      location: callLocation(call),
      discriminator: 'not exposed',
    });
    return;
  }
  if (call.kind === 'postgres_changes' && call.columns.length === 0) return;
  for (const column of call.columns) judgeColumn(facts, call, found.relation, column, missing);
}

function judgeColumn(
  facts: Needed,
  call: CodeCall,
  base: Relation,
  column: CodeCall['columns'][number],
  missing: Missing,
): void {
  let relation = base;
  for (const step of column.relation?.split('.') ?? []) {
    const next = embedded(facts, relation, step);
    if (next === 'unknown') return;
    if (next === 'missing') {
      const parent = qualified(relation.schema, relation.name);
      missing.add(`embed ${keyOf(relation.schema, relation.name)} ${step}`, call, {
        object: objectRef('table', relation.schema, relation.name),
        message: `the code embeds ${step} in ${parent}, but no foreign key leads there: the whole request fails`,
        detail: 'An embedded resource needs a foreign key, or a function that takes the table’s row.',
        fix: { command: `add the foreign key between ${parent} and ${step}, or change the select` },
        location: callLocation(call, column.line),
        discriminator: `embed ${step}`,
      });
      return;
    }
    relation = next;
  }
  if (column.name === '*') return;
  if (columnsOf(facts, relation).some(({ name }) => name === column.name)) return;
  if (computedOn(facts, relation, column.name)) return;
  // An embedded resource filtered by its name alone, or a system column.
  if (column.relation === null && embedded(facts, relation, column.name) !== 'missing') return;
  if (['ctid', 'xmin', 'tableoid'].includes(column.name)) return;
  const table = qualified(relation.schema, relation.name);
  missing.add(`column ${keyOf(relation.schema, relation.name)} ${column.name}`, call, {
    object: objectRef('column', relation.schema, relation.name, { column: column.name }),
    message: `the code names ${column.name} of ${table}, which has no such column: the request fails`,
    fix: { command: `write the migration that adds ${table}.${column.name}, or change the code` },
    location: callLocation(call, column.line),
  });
}

function judgeFunction(facts: Needed, call: CodeCall, missing: Missing): void {
  const name = call.target.value ?? '';
  const overloads = functionsFor(facts, call);
  const schema = call.schema ?? overloads[0]?.schema ?? 'public';
  if (overloads.length === 0) {
    missing.add(`function ${schema} ${name}`, call, {
      object: objectRef('function', schema, name),
      message: `the code calls the function ${qualified(schema, name)}, which does not exist: the call always fails`,
      fix: { command: `write the migration that creates ${qualified(schema, name)}, or change the code` },
      location: callLocation(call),
    });
    return;
  }
  const given = call.arguments;
  if (given === null || given.length === 0) return;
  const takes = overloads.some((fn) => {
    const inputs = inputArguments(fn.arguments);
    // One argument without a name takes the whole body.
    if (inputs.length === 1 && inputs[0]?.name === null) return true;
    return given.every((argument) => inputs.some((input) => input.name === argument));
  });
  if (takes) return;
  const known = new Set(overloads.flatMap((fn) => inputArguments(fn.arguments).map((input) => input.name)));
  const wrong = given.filter((argument) => !known.has(argument));
  missing.add(`arguments ${schema} ${name} ${given.join()}`, call, {
    object: objectRef('function', schema, name, { signature: overloads[0]?.arguments ?? '' }),
    message: `the code calls ${qualified(schema, name)} with ${listed(wrong.length > 0 ? wrong : given)}, which no variant of it takes: the call fails`,
    detail: `It takes (${overloads.map((fn) => fn.arguments).join(') or (')}).`,
    fix: { command: 'name the arguments as the function does' },
    location: callLocation(call),
    discriminator: [...given].sort().join(),
  });
}

function judgeBucket(facts: Needed, call: CodeCall, missing: Missing, live: boolean): void {
  const name = call.target.value ?? '';
  if (!facts.storage) return;
  const configured =
    (facts.repoConfig?.values.storage as { buckets?: Record<string, unknown> } | undefined)?.buckets ?? {};
  if (facts.storage.buckets.some((bucket) => bucket.id === name || bucket.name === name) || name in configured) return;
  missing.add(`bucket ${name}`, call, {
    object: objectRef('bucket', null, name),
    ...(!live && { severity: 'high' as const }),
    message: live
      ? `the code uses the bucket ${name}, which does not exist: uploads and downloads fail`
      : `the code uses the bucket ${name}, which no migration and no config.toml makes: a new environment has no such bucket`,
    fix: { sql: null, command: `create it in a migration or under [storage.buckets.${name}] in config.toml` },
    location: callLocation(call),
  });
}

function judgeEdgeFunction(facts: Needed, call: CodeCall, missing: Missing): void {
  const name = call.target.value ?? '';
  const { edgeFunctions } = facts.repoProject;
  // Without any function in the repository they live elsewhere.
  if (edgeFunctions.length === 0 || edgeFunctions.some((fn) => fn.name === name)) return;
  missing.add(`edge ${name}`, call, {
    object: objectRef('edge function', null, name),
    severity: 'high',
    message: `the code invokes the edge function ${name}, which is not in the repository: unless it was deployed by hand the call fails`,
    fix: { command: `add supabase/functions/${name}, or change the code` },
    location: callLocation(call),
  });
}
