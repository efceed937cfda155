import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';

function databaseCollation({
  name,
  collation,
  collationVersion,
  actualCollationVersion,
}: Facts['database']): FindingDraft[] {
  if (collationVersion === null || actualCollationVersion === null || collationVersion === actualCollationVersion)
    return [];
  return [
    {
      object: objectRef('database', null, name),
      message:
        'indexes on text were built with another sort order than the server’s: lookups may miss rows and unique keys may admit duplicates',
      detail: `The collation ${collation} was ${collationVersion} when the database was made, and is ${actualCollationVersion} now.`,
      fix: {
        sql: `reindex database ${quoteIdent(name)};\nalter database ${quoteIdent(name)} refresh collation version`,
      },
    },
  ];
}

function usedCollations(collations: Facts['physical']['collations']): FindingDraft[] {
  return collations
    .filter(({ version, actual }) => version !== null && actual !== null && version !== actual)
    .map(({ schema, name, version, actual, columns }) => ({
      object: objectRef('collation', schema, name),
      message: `indexes on ${counted(columns, 'column')} were built with another version of the collation ${qualified(schema, name)}: lookups may miss rows and unique keys may admit duplicates`,
      detail: `It was ${version} when it was made, and is ${actual} now.`,
      fix: {
        command: `reindex the indexes on these columns, then: alter collation ${qualified(schema, name)} refresh version`,
      },
    }));
}

function brokenIndexes(amcheck: Facts['physical']['amcheck']): FindingDraft[] {
  return (amcheck?.broken ?? []).map(({ schema, table, index, reason }) => ({
    object: objectRef('index', schema, index, { table }),
    severity: 'blocker',
    message: `the index ${quoteIdent(index)} of ${qualified(schema, table)} is damaged: queries over it return wrong rows, and a unique key may let duplicates in`,
    detail: `amcheck: ${reason}`,
    fix: { sql: `reindex index concurrently ${qualified(schema, index)}` },
    discriminator: 'amcheck',
  }));
}

export const physicalIntegrity = defineCheck({
  id: 'physical-integrity',
  rev: 2,
  title: 'Indexes are sorted as the server now sorts, and whole',
  why: 'After a change of the C library, or a fault of the disk, indexes may be out of order: lookups miss rows and unique constraints let duplicates in.',
  severity: 'medium',
  source: 'CATALOGUE 3.4 physical-integrity; PostgreSQL docs, ALTER DATABASE … REFRESH COLLATION VERSION; amcheck',
  remedy: 'Rebuild the indexes, then record the new version.',
  falseAlarms:
    'Collations without a version (C, POSIX) cannot change. B-trees are read with amcheck only on consent (--allow-probe amcheck): it writes nothing, but reads every index.',
  needs: ['database', 'physical'],
  evaluate({ facts }) {
    const { collation, collationVersion } = facts.database;
    const { collations, amcheck } = facts.physical;
    const findings = [...databaseCollation(facts.database), ...usedCollations(collations), ...brokenIndexes(amcheck)];
    // Asked for, and not done to the end: never green.
    const [unchecked] = amcheck?.unchecked ?? [];
    if (findings.length === 0 && amcheck?.error)
      return skipped(`amcheck was allowed but could not run: ${amcheck.error}`);
    if (findings.length === 0 && unchecked)
      return skipped(
        `amcheck could not check ${counted(amcheck?.unchecked.length ?? 0, 'index')}, for example ${quoteIdent(unchecked.index)}: ${unchecked.reason}`,
      );
    const versions = collations.length + (collationVersion === null ? 0 : 1);
    if (versions === 0 && amcheck === null)
      return notApplicable(
        `the collation ${collation} has no version that could change, and reading the indexes (--allow-probe amcheck) was not agreed to`,
      );
    return amcheck === null
      ? evaluated(versions, 'collation version', findings)
      : evaluated(amcheck.checked + amcheck.broken.length, 'B-tree', findings);
  },
});
