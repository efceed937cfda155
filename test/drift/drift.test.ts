import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { describeObject } from '../../src/core/object.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import type { Difference } from '../../src/steps/lib/drift/model.ts';
import type { Catalogue } from '../../src/steps/lib/drift/side.ts';
import { CRON_MUTATIONS, MUTATIONS, type Mutation } from './mutations.ts';
import { applyFix, catalogueOf, differences, lineOf, runScript, startWorld, type World } from './world.ts';

beforeAll(loadSqlParser);

const DEBIAN_15 = '/usr/lib/postgresql/15/bin';
/** Folders of other PostgreSQL programs to run everything on, separated by commas. */
const more = (process.env.SUPAREADY_TEST_POSTGRES ?? '').split(',').filter((folder) => folder !== '');
const SERVERS = [undefined, ...(existsSync(`${DEBIAN_15}/postgres`) ? [DEBIAN_15] : []), ...more];
const SLOW = 120_000;

/** Migrations make a role before anything is granted to it; fixes drop it last. */
const rolesFirst = (found: readonly Difference[]) =>
  [...found].sort((a, b) => Number(b.object.kind === 'role') - Number(a.object.kind === 'role'));

describe.each(SERVERS.map((folder) => [folder ?? 'embedded', folder] as const))('on %s', (_name, folder) => {
  let world: World;
  let clean: Catalogue;
  beforeAll(async () => {
    world = await startWorld(folder);
    clean = await catalogueOf(world.migrations.url);
  }, SLOW);
  afterAll(() => world?.stop());

  test('two databases made alike do not differ', async () => {
    expect(differences(await catalogueOf(world.live.url), clean).map(lineOf)).toEqual([]);
  });

  test.each([...MUTATIONS, ...CRON_MUTATIONS].map((one) => [one.name, one] as const))(
    '%s',
    async (_label, mutation: Mutation) => {
      if (CRON_MUTATIONS.includes(mutation) && !world.hasCron) return;
      const { live, migrations } = world;
      onTestFailed(() => world.reset(), SLOW);
      await runScript(live, mutation.sql);
      const changed = await catalogueOf(live.url);
      const found = differences(changed, clean);
      const told = [...new Set(found.map(({ object }) => describeObject(object)))].sort();
      expect(told, found.map(lineOf).join('\n')).toEqual([...mutation.objects].sort());
      const worst = Math.min(...found.map(({ severity }) => SEVERITIES.indexOf(severity)));
      expect(SEVERITIES[worst]).toBe(mutation.severity);

      for (const { fix } of found) await applyFix(live, fix);
      expect(differences(await catalogueOf(live.url), clean).map(lineOf)).toEqual([]);

      if (mutation.oneWay) return;
      // The other direction: the migrations made like the live database, and back by what is then told.
      for (const { migration } of rolesFirst(found)) await applyFix(migrations, migration);
      // Roles belong to the server: what the fix mended there, the migration has just changed back for both.
      const written = await catalogueOf(migrations.url);
      expect(differences(changed, written).map(lineOf)).toEqual([]);
      for (const { fix } of differences(written, clean)) await applyFix(migrations, fix);
      expect(differences(await catalogueOf(migrations.url), clean).map(lineOf)).toEqual([]);
    },
    SLOW,
  );
});
