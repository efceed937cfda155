import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeObject } from '../../src/core/object.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { freshDatabase } from '../helpers/database.ts';
import { audit } from './audit.ts';
import { GAPS } from './gaps.ts';

// That splinter errs on the same databases is shown by scripts/compare-splinter.mjs, which needs splinter.sql.

beforeAll(loadSqlParser);

test.each(GAPS.map((gap) => [`${gap.lint} ${gap.flaw}`, gap] as const))('%s', async (_name, gap) => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await database.sql(gap.sql);
  const results = await audit(database.url);
  const said = gap.checks.flatMap((id) => results.get(id)?.findings ?? []).map(({ object }) => describeObject(object));
  for (const id of gap.checks) expect(['skipped', 'error']).not.toContain(results.get(id)?.status);
  if (gap.splinter === 'misses') expect(said).toContain(gap.object);
  else expect(said.filter((name) => name.startsWith(gap.object))).toEqual([]);
});
