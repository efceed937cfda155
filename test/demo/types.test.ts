import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoRoot } from '../../src/commands/demo/manifest.ts';
import { prepareDemo } from '../../src/commands/demo/prepare.ts';
import { withClient } from '../../src/commands/demo/script.ts';
import { readableByServer } from './folders.ts';
import { generateTypes } from './generate-types.ts';

const root = readableByServer(mkdtempSync(join(tmpdir(), 'supaready-harbor-types-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['the base', true, 'repository'],
  ['the defective variant, before its types go stale', false, 'defects/54-stale-types/repository'],
])(
  'the types of %s are those of its database',
  async (_name, fixed, folder) => {
    const file = join(demoRoot(), folder, 'src/lib/database.types.ts');
    const demo = await prepareDemo({ directory: join(root, String(fixed)), fixed, fresh: true });
    const generated = await withClient(demo.url, generateTypes);
    await demo.stop();
    if (process.env.UPDATE_HARBOR_TYPES) writeFileSync(file, generated);
    expect(readFileSync(file, 'utf8')).toBe(generated);
  },
  180_000,
);
