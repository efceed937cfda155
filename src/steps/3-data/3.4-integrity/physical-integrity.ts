import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';

export const physicalIntegrity = defineCheck({
  id: 'physical-integrity',
  rev: 1,
  title: 'Indexes on text are sorted as the server now sorts',
  why: 'After a change of the C library, indexes on text may be out of order: lookups miss rows and unique constraints let duplicates in.',
  severity: 'medium',
  source: 'CATALOGUE 3.4 physical-integrity; PostgreSQL docs, ALTER DATABASE … REFRESH COLLATION VERSION',
  remedy: 'Rebuild the indexes, then record the new version.',
  falseAlarms: 'Collations without a version (C, POSIX) cannot change.',
  needs: ['database'],
  evaluate({ facts }) {
    const { name, collation, collationVersion, actualCollationVersion } = facts.database;
    if (collationVersion === null || actualCollationVersion === null)
      return notApplicable(`the collation ${collation} has no version that could change`);
    if (collationVersion === actualCollationVersion) return evaluated(1, 'collation version', []);
    return evaluated(1, 'collation version', [
      {
        object: objectRef('database', null, name),
        message: `indexes on text were built with another sort order than the server’s: lookups may miss rows and unique keys may admit duplicates`,
        detail: `The collation ${collation} was ${collationVersion} when the database was made, and is ${actualCollationVersion} now.`,
        fix: {
          sql: `reindex database ${quoteIdent(name)};\nalter database ${quoteIdent(name)} refresh collation version`,
        },
      },
    ]);
  },
});
