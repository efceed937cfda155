import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnsOf } from '../../lib/exposure.ts';
import { freeName } from '../../lib/foreign-keys.ts';
import { userTables } from '../../lib/tables.ts';

/** The column that holds the sender's id of an event, in a table of received events; null for other tables. */
function eventColumn(facts: Pick<Facts, 'columns'>, table: Relation): string | null {
  if (!/webhook|(stripe|paddle|lemon|billing|payment)_?events?|processed_?events?/i.test(table.name)) return null;
  const columns = columnsOf(facts, table);
  const textual = columns.filter(({ type }) => /^(text|character varying)/.test(type));
  return (
    textual.find(({ name }) => /^((stripe|paddle|webhook|external|provider)_?)?(event|evt)_?id$/i.test(name))?.name ??
    null
  );
}

export const billingIntegrity = defineCheck({
  id: 'billing-integrity',
  rev: 1,
  title: 'A payment event counts once, with live keys',
  why: 'Payment providers deliver an event again when in doubt: without a unique id it is booked twice. With a test key nobody is charged.',
  severity: 'high',
  source: 'CATALOGUE 6.4 billing-integrity; Stripe docs, “Handle duplicate events”, “API keys”',
  remedy: 'Make the event id unique and insert it before acting; put live keys into the production environment.',
  falseAlarms: 'A unique index over the event id alone, or with the provider’s name, counts as well as a constraint.',
  needs: ['relations', 'columns', 'constraints', 'indexes', 'repoKeys', 'repoProject'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    let looked = 0;
    const taken = new Set(facts.constraints.map(({ name }) => name));
    for (const table of userTables(facts.relations)) {
      const column = eventColumn(facts, table);
      if (column === null) continue;
      looked++;
      const keys = facts.indexes.filter(
        (index) =>
          index.schema === table.schema &&
          index.table === table.name &&
          index.unique &&
          index.valid &&
          index.predicate === null,
      );
      if (keys.some(({ columns }) => isEventKey(columns, column))) continue;
      const object = objectRef('column', table.schema, table.name, { column });
      const name = freeName([table.name, column], 'key', taken);
      findings.push({
        object,
        message: `${qualified(table.schema, table.name)} can hold one ${column} twice: an event delivered again is handled again`,
        detail: 'No unique index is on it.',
        fix: {
          sql: `alter table ${qualified(table.schema, table.name)} add constraint ${quoteIdent(name)} unique (${quoteIdent(column)})`,
        },
      });
    }
    for (const { path, line, kind, variable, where } of facts.repoKeys) {
      if (!/^\.env\.prod(uction)?(\.local)?$/.test(path.slice(path.lastIndexOf('/') + 1)) || where === 'history')
        continue;
      if (kind !== 'stripe-test-key' && kind !== 'stripe-secret-key') continue;
      looked++;
      if (kind === 'stripe-secret-key') continue;
      findings.push({
        object: objectRef('file', null, path),
        severity: 'blocker',
        message: `${path} gives production a test key of Stripe: orders go through and nobody is charged`,
        detail: variable ? `Assigned to ${variable}.` : 'Its prefix says test.',
        fix: { command: 'put the live key there' },
        location: { file: path, line, column: 1 },
        discriminator: variable ?? kind,
      });
    }
    const paid = facts.repoProject.dependencies.some(({ name }) =>
      /^(stripe|@stripe\/|@paddle\/|@lemonsqueezy\/)/.test(name),
    );
    if (looked === 0 && !paid) return notApplicable('nothing in the database or repository takes payments');
    return evaluated(looked, 'event table or payment key', findings, 'event tables and payment keys');
  },
});

/** The event id alone, or with the name of the provider it came from. */
function isEventKey(columns: readonly (string | null)[], column: string): boolean {
  const rest = columns.filter((name) => name !== column);
  return (
    columns.includes(column) &&
    rest.every((name) => name !== null && /^(provider|source|gateway|processor)$/i.test(name))
  );
}
