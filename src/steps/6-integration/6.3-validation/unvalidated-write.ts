import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

export const unvalidatedWrite = defineCheck({
  id: 'unvalidated-write',
  rev: 1,
  title: 'No request body is written as it came',
  why: 'Whoever sends the request chooses the columns: role, price, owner, whatever the table has.',
  severity: 'high',
  source: 'CATALOGUE 6.3 unvalidated-write; OWASP API3:2023, Broken Object Property Level Authorization',
  remedy: 'Parse the body with a schema, or write the columns that are meant one by one.',
  falseAlarms: 'Single fields picked from a body, and bodies handed to a parser or validator first, are left out.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const writes = facts.repoCode.calls.filter(
      ({ kind, operation }) =>
        kind === 'rpc' || (kind === 'from' && ['insert', 'update', 'upsert'].includes(operation)),
    );
    const findings: FindingDraft[] = [];
    for (const { path, line, column, kind, target, operation, unvalidatedBody } of writes) {
      if (!unvalidatedBody) continue;
      const what = target.value ?? 'a table';
      findings.push({
        object: objectRef('file', null, path),
        message:
          kind === 'rpc'
            ? `${path} hands the request’s body to the function ${what} as it came: the sender chooses its arguments`
            : `${path} writes the request’s body into ${what} as it came: the sender chooses which columns`,
        detail: `${kind === 'rpc' ? 'rpc' : operation} at line ${line}; no schema parses the body before.`,
        fix: { command: 'parse it with a schema first, or name the columns one by one' },
        location: { file: path, line, column },
        discriminator: `${what} ${operation}`,
      });
    }
    return evaluated(writes.length, 'write', findings);
  },
});
