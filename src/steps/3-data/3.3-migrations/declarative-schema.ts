import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { listed } from './differing-objects.ts';

export const declarativeSchema = defineCheck({
  id: 'declarative-schema',
  rev: 1,
  title: 'The declarative schema and the migrations say the same',
  why: 'The next migration is generated from the difference of both: what only one of them knows is then made again or dropped by surprise.',
  severity: 'medium',
  source: 'Supabase docs, “Declarative database schemas”; [db.migrations].schema_paths of config.toml',
  remedy:
    'Run `supabase db diff -f name` and read what it writes, or bring the declared files up to what the migrations did.',
  falseAlarms:
    'What `supabase db diff` does not carry over is left out: grants, owners, comments, publications, view options, extensions and the order of columns. A folder schemas that config.toml does not name and that does not run is taken for a dump or notes, and is low.',
  needs: ['declaredSchema'],
  evaluate({ facts }) {
    const declared = facts.declaredSchema;
    if (declared === null) return notApplicable('the project has no declarative schema (supabase/schemas)');
    // A folder that nobody named may be documentation; what config.toml names is meant.
    const meant = declared.source === 'schema_paths';
    const findings: FindingDraft[] = declared.failures.map(({ path, line, sqlstate, message }) => ({
      object: objectRef('file', null, path),
      severity: meant ? ('medium' as const) : ('low' as const),
      message: `the declarative schema does not build from nothing: ${path}:${line} fails, so “supabase db diff” cannot tell what has changed`,
      detail: `PostgreSQL says ${sqlstate}: ${message}`,
      fix: { command: 'Mend the statement, or the order of [db.migrations].schema_paths in config.toml.' },
      location: { file: path, line, column: 1 },
    }));
    if (declared.failures.length === 0 && declared.total > 0) {
      findings.push({
        object: objectRef('directory', null, 'supabase/schemas'),
        severity: meant ? 'medium' : 'low',
        message: `the declarative schema and the migrations differ in ${counted(declared.total, 'object')}: the next generated migration will undo or repeat them`,
        detail: `Built side by side: ${listed(declared.differences, declared.total, 'in the migrations', 'declared')}.`,
        fix: { command: 'supabase db diff -f declared_changes   # and read what it writes' },
      });
    }
    return evaluated(declared.files, 'declared file', findings);
  },
});
