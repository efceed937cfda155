import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { keyOf } from '../../lib/tables.ts';

export const indexInvalid = defineCheck({
  id: 'index-invalid',
  rev: 1,
  title: 'Every index is valid',
  why: 'An invalid index slows every write and serves no query; an invalid unique one does not keep duplicates out.',
  severity: 'high',
  source: 'CATALOGUE 2.2c index-invalid; PostgreSQL docs, “Building Indexes Concurrently”',
  remedy: 'Rebuild it concurrently, or drop it; a unique one needs the duplicates removed first.',
  falseAlarms:
    'Indexes that are being built right now, and those of partitioned tables (valid once each partition has its own), are left out.',
  item: 'c',
  matrix: 'Indexes',
  needs: ['relations', 'indexes'],
  evaluate({ facts }) {
    const partitioned = new Set(
      facts.relations.filter(({ kind }) => kind === 'partitioned table').map(({ schema, name }) => keyOf(schema, name)),
    );
    const indexes = facts.indexes.filter(
      (index) => !index.platform && !partitioned.has(keyOf(index.schema, index.table)),
    );
    const findings = indexes
      .filter((index) => !index.valid && !index.building)
      .map((index) => {
        const object = objectRef('index', index.schema, index.name, { table: index.table });
        const name = qualified(index.schema, index.name);
        return {
          object,
          message: index.unique
            ? `the unique index ${name} is invalid: duplicates are not kept out, and no query uses it`
            : `the index ${name} is invalid: every write pays for it and no query uses it`,
          detail: 'pg_index.indisvalid is false, and nothing is building it: CREATE INDEX CONCURRENTLY failed.',
          fix: { sql: `reindex index concurrently ${name}` },
        };
      });
    return evaluated(indexes.length, 'index', findings);
  },
});
