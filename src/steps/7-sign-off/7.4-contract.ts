import { type Check, type Checkpoint, defineCheck, evaluated, notApplicable } from '../../core/check.ts';
import type { Facts } from '../../core/facts.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import type { Severity } from '../../core/severity.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import { columnsOf, relationNamed } from '../lib/exposure.ts';

type Code = Facts['repoCode'];
type Calls = Code['calls'];

/** Types that take every value of another: widening does not break who reads or writes. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric'],
  integer: ['bigint', 'numeric'],
  bigint: ['numeric'],
  real: ['double precision'],
  date: [],
};

function lengthOf(type: string): { base: string; length: number } | null {
  const match = /^(character varying|character|bit varying|numeric)\((\d+)(?:,\d+)?\)$/.exec(type);
  return match?.[1] && match[2] ? { base: match[1], length: Number(match[2]) } : null;
}

/** True when every value of `from` fits `to`. */
function isWider(from: string, to: string): boolean {
  if (WIDER[from]?.includes(to)) return true;
  const before = lengthOf(from);
  if (before === null) return from === 'character varying' && to === 'text';
  if (before.base === 'character varying' && (to === 'text' || to === 'character varying')) return true;
  if (to === before.base) return true;
  const after = lengthOf(to);
  return after?.base === before.base && after.length >= before.length;
}

function callsTo(calls: Calls, schema: string, name: string): Calls {
  return calls.filter((call) => call.target.value === name && (call.schema ?? 'public') === schema);
}

interface Use {
  severity: Severity;
  words: string;
}

/** How bad it is: used by code is a blocker, not used is medium, unknown is high. */
function usageOf(code: Code | undefined, find: (calls: Calls) => { path: string; line: number } | undefined): Use {
  if (!code) return { severity: 'high', words: 'whether code uses it is not known (no repository was given)' };
  const use = find(code.calls);
  if (use) return { severity: 'blocker', words: `used at ${use.path}:${use.line}` };
  const dynamic = code.calls.some((call) => call.target.dynamic);
  return {
    severity: 'medium',
    words: dynamic
      ? 'no call names it, but some calls are put together at run time'
      : 'no call of the repository names it',
  };
}

interface Break {
  object: ObjectRef;
  what: string;
  use: Use;
}

function relationBreaks(
  facts: Pick<Facts, 'relations' | 'columns'> & Partial<Pick<Facts, 'repoCode'>>,
  signed: NonNullable<Facts['lastSigned']>,
): Break[] {
  const breaks: Break[] = [];
  for (const before of signed.relations) {
    const { schema, name } = before;
    const target = qualified(schema, name);
    if (!relationNamed(facts, schema, name)) {
      const use = usageOf(facts.repoCode, (calls) => callsTo(calls, schema, name)[0]);
      breaks.push({ object: objectRef('table', schema, name), what: `${target} was dropped or renamed`, use });
      continue;
    }
    const now = new Map(columnsOf(facts, before).map((column) => [column.name, column]));
    for (const column of before.columns) {
      const after = now.get(column.name);
      const full = `${target}.${quoteIdent(column.name)}`;
      const use = () =>
        usageOf(facts.repoCode, (calls) =>
          calls
            .filter((call) => call.kind === 'from')
            .find((call) =>
              call.columns.some(
                (used) =>
                  used.name === column.name &&
                  (used.relation ?? call.target.value) === name &&
                  (call.schema ?? 'public') === schema,
              ),
            ),
        );
      const object = objectRef('column', schema, name, { column: column.name });
      if (!after) breaks.push({ object, what: `${full} was dropped or renamed`, use: use() });
      else if (after.type !== column.type && !isWider(column.type, after.type)) {
        breaks.push({ object, what: `${full} was ${column.type} and is now ${after.type}`, use: use() });
      } else if (after.notNull && !column.notNull && after.default === null) {
        breaks.push({ object, what: `${full} may no longer be null and has no default`, use: use() });
      }
    }
  }
  return breaks;
}

function functionBreaks(
  facts: Pick<Facts, 'functions'> & Partial<Pick<Facts, 'repoCode'>>,
  signed: NonNullable<Facts['lastSigned']>,
): Break[] {
  const now = new Set(facts.functions.map((fn) => `${fn.schema}\u0000${fn.name}\u0000${fn.arguments}`));
  return signed.functions
    .filter((fn) => !now.has(`${fn.schema}\u0000${fn.name}\u0000${fn.arguments}`))
    .map((fn) => ({
      object: objectRef('function', fn.schema, fn.name, { signature: fn.arguments }),
      what: `${qualified(fn.schema, fn.name)}(${fn.arguments}) was dropped, renamed or takes other arguments`,
      use: usageOf(facts.repoCode, (calls) => callsTo(calls, fn.schema, fn.name).find((call) => call.kind === 'rpc')),
    }));
}

const contractBreak = defineCheck({
  id: 'contract-break',
  rev: 1,
  title: 'Nothing that was signed off before has been dropped, renamed or narrowed under its users',
  why: 'Apps already on users’ phones call the database as it was when they were built: what is gone breaks them at once, for everybody.',
  severity: 'blocker',
  source: 'CATALOGUE 7.4; expand and contract (parallel change)',
  remedy:
    'Bring the old shape back beside the new one (view, generated column, overload) until no released code uses it.',
  falseAlarms:
    'Widening a type, new columns and looser nullability break nobody. Blocker only where the repository’s code still uses the object.',
  needs: ['lastSigned', 'relations', 'columns', 'functions'],
  uses: ['repoCode'],
  evaluate({ facts }) {
    const signed = facts.lastSigned;
    if (signed === null) return notApplicable('nothing was signed off before: there is no contract to break yet');
    const breaks = [...relationBreaks(facts, signed), ...functionBreaks(facts, signed)];
    const findings: FindingDraft[] = breaks.map(({ object, what, use }) => {
      return {
        object,
        severity: use.severity,
        message: `${what} since the last sign-off: released code that relies on it fails`,
        detail: `signed off ${signed.at}; ${use.words}`,
        fix: { command: 'bring it back beside the new shape, or sign off anew once no released code uses it' },
      };
    });
    return evaluated(signed.relations.length + signed.functions.length, 'signed object', findings);
  },
});

export const checkpoint: Checkpoint<Check> = {
  id: '7.4',
  title: 'The hand-over is complete and nothing signed before is broken',
  intent: 'Whoever keeps the project running has what they need, and released apps still find what they were built on.',
  source: 'CATALOGUE 7.4',
  checks: [contractBreak],
  attestations: [
    {
      id: 'runbooks-handed-over',
      question: 'To whom were the runbooks (restore, incident, key rotation, rollback) handed over, and when?',
      hint: 'Name the person on call, and attach or link each runbook.',
      kind: 'text',
      required: true,
      evidence: 'optional',
    },
    {
      id: 'final-statement',
      question: 'May real users’ data go in?',
      hint: 'Yes, only if you would put your own data in.',
      kind: 'confirm',
      required: true,
      evidence: 'none',
      fourEyes: true,
    },
  ],
};
