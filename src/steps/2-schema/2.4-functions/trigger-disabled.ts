import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { recreateForeignKey, userForeignKeys } from '../../lib/foreign-keys.ts';
import { groupBy, keyOf, tableRef } from '../../lib/tables.ts';

export const triggerDisabled = defineCheck({
  id: 'trigger-disabled',
  rev: 2,
  title: 'Every trigger fires',
  why: 'A trigger switched off for a data load and forgotten leaves rows unaudited and unchecked; with the triggers of foreign keys off, keys are not enforced at all.',
  severity: 'high',
  source: 'CATALOGUE 2.4 trigger-disabled; PostgreSQL docs, ALTER TABLE … DISABLE TRIGGER',
  remedy: 'Enable it, or drop it if it is not wanted. Rows written in between were not checked.',
  falseAlarms:
    'Triggers that fire always (ENABLE ALWAYS) are fine. Those that Supabase keeps on its own tables are left alone.',
  matrix: 'Schema',
  aspect: 'enabled',
  needs: ['triggers', 'constraints', 'eventTriggers'],
  evaluate({ facts }) {
    const triggers = facts.triggers.filter((trigger) => !trigger.platform || trigger.functionSchema === 'public');
    const findings: FindingDraft[] = [];
    for (const trigger of triggers) {
      if (trigger.internal || (trigger.enabled !== 'D' && trigger.enabled !== 'R')) continue;
      const table = qualified(trigger.schema, trigger.table);
      const object = objectRef('trigger', trigger.schema, trigger.name, { table: trigger.table });
      findings.push({
        object,
        message: `the trigger ${quoteIdent(trigger.name)} of ${table} does not fire: what ${qualified(trigger.functionSchema, trigger.function)} should do is not done`,
        detail:
          trigger.enabled === 'D' ? 'It is disabled.' : 'It is enabled for replicas only, and this server is none.',
        fix: { sql: `alter table ${table} enable trigger ${quoteIdent(trigger.name)}` },
      });
    }
    const events = facts.eventTriggers.filter(({ owner }) => owner !== 'supabase_admin');
    for (const trigger of events) {
      if (trigger.enabled !== 'D' && trigger.enabled !== 'R') continue;
      findings.push({
        object: objectRef('event trigger', null, trigger.name),
        message: `the event trigger ${quoteIdent(trigger.name)} does not fire: what ${trigger.function} should do on ${trigger.event} is not done`,
        detail:
          trigger.enabled === 'D' ? 'It is disabled.' : 'It is enabled for replicas only, and this server is none.',
        fix: { sql: `alter event trigger ${quoteIdent(trigger.name)} enable` },
      });
    }
    const keys = userForeignKeys(facts.constraints);
    const off = groupBy(
      triggers.filter((trigger) => trigger.internal && trigger.enabled === 'D'),
      (trigger) => keyOf(trigger.schema, trigger.table),
    );
    for (const [key, group] of off) {
      const trigger = group[0];
      if (!trigger) continue;
      const table = qualified(trigger.schema, trigger.table);
      const touched = keys.filter(
        ({ schema, table: child, references }) =>
          keyOf(schema, child) === key || keyOf(references.schema, references.table) === key,
      );
      const object = tableRef({ schema: trigger.schema, name: trigger.table });
      findings.push({
        object,
        severity: 'blocker',
        message: `foreign keys are not enforced on ${table}: their triggers are disabled, so rows may point at nothing`,
        detail: `${group.length} internal triggers of constraints on the table are disabled (DISABLE TRIGGER ALL).`,
        fix: {
          sql:
            touched.length > 0
              ? touched.map((row) => recreateForeignKey(row, row.references.onDelete)).join(';\n')
              : `alter table ${table} enable trigger all`,
        },
        discriminator: 'constraint triggers',
      });
    }
    return evaluated(triggers.length + events.length, 'trigger', findings);
  },
});
