import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { groupBy } from '../../lib/tables.ts';

export const dynamicCall = defineCheck({
  id: 'dynamic-call',
  rev: 1,
  title: 'Every call says what it calls',
  why: 'A table, function or bucket that is only known at run time cannot be looked up, so nobody knows whether it is there and allowed.',
  severity: 'medium',
  source: 'CATALOGUE 6.1 dynamic-call',
  remedy: 'Use literals or constants, or type the parameter as a union of the names it may be.',
  falseAlarms:
    'Constants, enums, `as const` objects, template literals and parameters typed as a union are followed, also through imports.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const { calls } = facts.repoCode;
    const dynamic = calls.filter(({ kind, target }) => target.dynamic && kind !== 'channel');
    const findings = [...groupBy(dynamic, ({ path, kind }) => `${path}\u0000${kind}`).values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const lines = [...new Set(group.map(({ line }) => line))].sort((a, b) => a - b);
      return [
        {
          object: objectRef('file', null, first.path),
          message: `${first.path} calls ${first.kind === 'from' ? 'a table' : first.kind === 'rpc' ? 'a function' : `a ${first.kind} target`} whose name is only known at run time: it cannot be checked`,
          detail: `At line ${lines.join(', ')}.`,
          fix: { command: 'use a literal, a constant, or a parameter typed as a union of names' },
          location: { file: first.path, line: first.line, column: first.column },
          discriminator: first.kind,
        },
      ];
    });
    return evaluated(calls.length, 'call', findings);
  },
});
