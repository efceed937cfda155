import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const statementsExtension = defineCheck({
  id: 'statements-extension',
  rev: 1,
  title: 'Query statistics are kept',
  why: 'Without pg_stat_statements nobody can tell afterwards which query made the database slow.',
  severity: 'high',
  source: 'CATALOGUE 5.3 metrics-endpoint (pg_stat_statements missing)',
  remedy: 'Install the extension; Supabase has it preloaded.',
  falseAlarms: 'In a database replayed from migrations the extension is the platform’s to bring.',
  matrix: 'Monitoring',
  needs: ['extensions'],
  evaluate({ facts, environment }) {
    if (environment.source === 'from-migrations')
      return notApplicable('Supabase installs pg_stat_statements, not the migrations');
    const installed = facts.extensions.some(({ name }) => name === 'pg_stat_statements');
    return evaluated(
      1,
      'extension',
      installed
        ? []
        : [
            {
              object: objectRef('extension', null, 'pg_stat_statements'),
              message:
                'pg_stat_statements is not installed: when the database gets slow, nobody can tell which query it is',
              fix: {
                sql: 'create schema if not exists extensions;\ncreate extension if not exists pg_stat_statements with schema extensions',
              },
            },
          ],
    );
  },
});
