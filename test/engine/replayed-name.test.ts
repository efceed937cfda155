import { expect, test } from 'vitest';
import type { FactName } from '../../src/core/facts.ts';
import { collectSnapshot } from '../../src/engine/collect.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

async function factsIn() {
  const database = await freshDatabase();
  const name = decodeURIComponent(new URL(database.url).pathname.slice(1));
  try {
    await database.sql(`alter database "${name}" set work_mem = '8MB'`);
    const { facts } = await collectSnapshot({
      target: {
        environment: { name: 'development', kind: 'development', source: 'from-migrations', target: null },
        databaseUrl: database.url,
        embedded: true,
        projectRef: null,
        shadow: null,
      },
      repository: null,
      migrations: null,
      declared: NOTHING_DECLARED,
      names: new Set<FactName>(['database', 'roleSettings']),
      previous: null,
      now: () => '2026-11-24T12:00:00.000Z',
      clock: () => 0,
    });
    return facts;
  } finally {
    await database.drop();
  }
}

test('a replayed database has the name it has as a project: findings on it keep their fingerprints from run to run', async () => {
  const { database, roleSettings } = await factsIn();
  expect(database).toMatchObject({ status: 'ok', value: { name: 'postgres' } });
  expect(roleSettings?.status === 'ok' && roleSettings.value).toContainEqual({
    database: 'postgres',
    role: null,
    name: 'work_mem',
    setting: '8MB',
  });
});
