import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const xidAge = defineCheck({
  id: 'xid-age',
  rev: 1,
  title: 'The database is far from running out of transaction numbers',
  why: 'At two thousand million PostgreSQL stops accepting writes until a vacuum has run, which takes hours.',
  severity: 'medium',
  source: 'CATALOGUE 5.1 xid-age; PostgreSQL docs, “Preventing Transaction ID Wraparound Failures”',
  remedy:
    'Find what holds vacuum back (long transactions, abandoned slots, prepared transactions), then vacuum with FREEZE.',
  matrix: 'Monitoring',
  needs: ['volatileDatabase', 'database'],
  parameters: { medium: 500_000_000, blocker: 1_000_000_000 },
  evaluate({ facts, parameters }) {
    const age = facts.volatileDatabase.xidAge;
    if (age <= parameters.medium) return evaluated(1, 'database', []);
    return evaluated(1, 'database', [
      {
        object: objectRef('database', null, facts.database.name),
        severity: age > parameters.blocker ? 'blocker' : 'medium',
        message: `${Math.round(age / 1e6).toLocaleString('en-US')} million transactions have passed since the last freeze: at 2,000 million the database refuses writes`,
        detail: `age(datfrozenxid) is ${age.toLocaleString('en-US')}.`,
        fix: { sql: 'vacuum (freeze)' },
      },
    ]);
  },
});
