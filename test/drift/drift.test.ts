import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { withClient } from '../../src/commands/demo/script.ts';
import { describeObject } from '../../src/core/object.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { driftBetween } from '../../src/steps/lib/drift/compare.ts';
import type { Difference } from '../../src/steps/lib/drift/model.ts';
import { EXCLUSIONS } from '../../src/steps/lib/drift/platform.ts';
import type { Catalogue } from '../../src/steps/lib/drift/side.ts';
import { EXCLUDED } from './excluded.ts';
import { CRON_MUTATIONS, MUTATIONS, type Mutation } from './mutations.ts';
import { applyFix, catalogueOf, differences, lineOf, runScript, startWorld, type World } from './world.ts';

/*
 * Every kind of change on the embedded major version, its fix applied. The other direction, and the other major versions,
 * take a sample of them; all of it on all of them with SUPAREADY_DRIFT=full.
 */

beforeAll(loadSqlParser);

const DEBIAN_15 = '/usr/lib/postgresql/15/bin';
/** Folders of other PostgreSQL programs to run on, separated by commas. */
const more = (process.env.SUPAREADY_TEST_POSTGRES ?? '').split(',').filter((folder) => folder !== '');
const SERVERS = [undefined, ...(existsSync(`${DEBIAN_15}/postgres`) ? [DEBIAN_15] : []), ...more];
const SLOW = 120_000;

const full = process.env.SUPAREADY_DRIFT === 'full';
const seed = Number(process.env.SUPAREADY_DRIFT_SEED ?? 1);
const ALL = [...MUTATIONS, ...CRON_MUTATIONS];

/** So many of all kinds of change, by the seed. */
function sample(size: number): readonly Mutation[] {
  if (full) return ALL;
  return fc.sample(fc.shuffledSubarray(ALL, { minLength: size, maxLength: size }), { seed, numRuns: 1 })[0] ?? [];
}
const BOTH_WAYS = new Set(sample(40));
const ELSEWHERE = sample(20);

/** Migrations make a role before anything is granted to it; fixes drop it last. */
const rolesFirst = (found: readonly Difference[]) =>
  [...found].sort((a, b) => Number(b.object.kind === 'role') - Number(a.object.kind === 'role'));

interface Ready {
  world: World;
  clean: Catalogue;
}
const ready: Ready[] = [];
afterAll(() => Promise.all(ready.map(({ world }) => world.stop())));

const names = (found: readonly Difference[]) => [...new Set(found.map(({ object }) => describeObject(object)))].sort();

describe.each(SERVERS.map((folder, at) => [folder ?? 'embedded', folder, at] as const))(
  `on %s (seed ${seed})`,
  (_name, folder, at) => {
    let world: World;
    let clean: Catalogue;
    beforeAll(async () => {
      world = await startWorld(folder);
      clean = await catalogueOf(world.migrations.url);
      ready[at] = { world, clean };
    }, SLOW);

    test('two databases made alike do not differ', async () => {
      expect(differences(await catalogueOf(world.live.url), clean).map(lineOf)).toEqual([]);
    });

    test('nor do databases made alike of other major versions, either way', () => {
      for (const { clean: other } of ready.slice(0, at)) {
        expect(differences(other, clean).map(lineOf)).toEqual([]);
        expect(differences(clean, other).map(lineOf)).toEqual([]);
      }
    });

    test.each((at === 0 ? ALL : ELSEWHERE).map((one) => [one.name, one] as const))(
      '%s',
      async (_label, mutation) => {
        if (CRON_MUTATIONS.includes(mutation) && !world.hasCron) return;
        const { live, migrations } = world;
        onTestFailed(() => world.reset(), SLOW);
        await runScript(live, mutation.sql);
        const changed = await catalogueOf(live.url);
        const found = differences(changed, clean);
        expect(names(found), found.map(lineOf).join('\n')).toEqual([...mutation.objects].sort());
        const worst = Math.min(...found.map(({ severity }) => SEVERITIES.indexOf(severity)));
        expect(SEVERITIES[worst]).toBe(mutation.severity);
        for (const { shown } of found) expect(shown.live).not.toBe(shown.migrations);
        // The same change is told, and nothing else, where the migrations are replayed on another major version; what comes
        // with the server is named as not compared.
        for (const { clean: other } of ready.slice(0, at)) {
          const { differences: across, versionsApart } = driftBetween(changed, other);
          const expected = mutation.followsServer ? [] : [...mutation.objects].sort();
          expect(names(across), across.map(lineOf).join('\n')).toEqual(expected);
          if (mutation.followsServer)
            expect(versionsApart.map((name) => `extension ${name.split(' ')[0]}`)).toEqual(
              expect.arrayContaining([...mutation.objects]),
            );
        }

        for (const { fix } of found) await applyFix(live, fix);
        expect(differences(await catalogueOf(live.url), clean).map(lineOf)).toEqual([]);

        if (mutation.oneWay || !BOTH_WAYS.has(mutation)) return;
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
  },
);

/** Exclusions of another kind than a change that a statement makes, each with a test of its own or a kind of change of low severity. */
const OTHERWISE = ['temporary objects', 'partitions', 'versions'];

describe('what is left out', () => {
  const clean = () => (ready[0] as Ready).clean;

  test('every exclusion that is documented is tried', () => {
    expect([...Object.keys(EXCLUDED), ...OTHERWISE].sort()).toEqual(EXCLUSIONS.map(({ id }) => id).sort());
  });

  test.each(Object.entries(EXCLUDED))('%s', async (_id, { sql, back }) => {
    const { live } = (ready[0] as Ready).world;
    await runScript(live, `-- as supabase_admin\n${sql}`);
    const changed = await catalogueOf(live.url);
    await runScript(live, `-- as supabase_admin\n${back}`);
    expect(differences(changed, clean()).map(lineOf)).toEqual([]);
    expect(differences(clean(), changed).map(lineOf)).toEqual([]);
  });

  test('temporary objects', async () => {
    const { live } = (ready[0] as Ready).world;
    await withClient(live.url, async (client) => {
      await client.query('create temp table by_session (id int); create temp view seen as select * from by_session');
      expect(differences(await catalogueOf(live.url), clean()).map(lineOf)).toEqual([]);
    });
  });

  test('versions of extensions between major versions, and what rests on a stand-in', () => {
    const extensions = clean().extensions.map((row) => ({ ...row, version: '0.0.1' }));
    const older = { ...clean(), extensions, serverVersionNum: clean().serverVersionNum - 10_000 };
    const drift = driftBetween(older, clean());
    expect(drift.differences.map(lineOf)).toEqual([]);
    expect(drift.versionsApart).toContain(
      `citext (0.0.1 and ${clean().extensions.find(({ name }) => name === 'citext')?.version})`,
    );
    const columns = clean().columns.map((row) => (row.name === 'weight' ? { ...row, type: 'vector(3)' } : row));
    const others = clean().columns.map((row) => (row.name === 'weight' ? { ...row, type: 'extensions.vector' } : row));
    const [live, made] = [
      { ...clean(), columns },
      { ...clean(), columns: others },
    ];
    expect(driftBetween(live, made, { regime: 'legacy', shims: ['vector'] })).toMatchObject({
      differences: [],
      incomparable: ['public.tickets.weight'],
    });
    expect(driftBetween(live, made).differences).toHaveLength(1);
  });
});
