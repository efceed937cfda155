import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Origin } from '../../src/core/facts/origin.ts';
import type { Collected } from '../../src/core/facts.ts';
import { describeObject, objectRef } from '../../src/core/object.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectRepository } from '../../src/facts/repository/collect.ts';
import { replayMigrations } from '../../src/facts/shadow/replay.ts';
import { originsIn } from '../../src/steps/lib/origins.ts';
import { freshDatabase, testServer } from '../helpers/database.ts';

const HISTORY = fileURLToPath(new URL('history', import.meta.url));
const FOLDER = 'supabase/migrations';

let root: string;
beforeAll(async () => {
  await loadSqlParser();
  root = mkdtempSync(join(tmpdir(), 'supaready-origins-'));
  mkdirSync(join(root, 'supabase'), { recursive: true });
  cpSync(HISTORY, join(root, FOLDER), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `aspect @ object` → `file:line`, as the histories' own comments say. */
function expected(files: (file: string) => boolean): Record<string, string> {
  const places: Record<string, string> = {};
  for (const file of readdirSync(HISTORY).filter(files).sort()) {
    readFileSync(join(HISTORY, file), 'utf8')
      .split('\n')
      .forEach((text, index) => {
        const said = / -- => (.*)$/.exec(text)?.[1];
        for (const what of said?.split('; ') ?? []) places[what] = `${FOLDER}/${file}:${index + 1}`;
      });
  }
  return places;
}

function told(origins: readonly Origin[], wanted: Record<string, string>): Record<string, string> {
  const places: Record<string, string> = {};
  for (const { aspect, path, line, ...origin } of origins) {
    const name = describeObject({ ...origin, schema: origin.schema === '' ? null : origin.schema });
    const kind = origin.table === null && origin.schema !== '' ? `${origin.kind} ` : '';
    places[`${aspect === null ? '' : `${aspect} @ `}${kind}${name}`] = `${path}:${line}`;
  }
  return Object.fromEntries(Object.keys(wanted).map((what) => [what, places[what] ?? 'not told']));
}

describe('blame', () => {
  test('the files alone tell it too, but for what the database decides', async () => {
    const { repoMigrations } = await collectRepository({ root, names: ['repoMigrations'] });
    const origins = repoMigrations?.status === 'ok' ? repoMigrations.value.origins : [];
    const wanted = Object.fromEntries(
      Object.entries(expected((file) => file < '20240104'))
        // Files tell functions apart by types alone.
        .map(([what, place]) => [what.replace('f(a ', 'f('), place]),
    );
    expect(told(origins, wanted)).toEqual(wanted);
  });

  test('a replay knows the statement behind every object and aspect', async () => {
    const name = `origins_${Math.random().toString(36).slice(2)}`;
    const database = await freshDatabase(name);
    try {
      const result = await replayMigrations({ server: testServer(), database: name, root });
      expect(result.failures).toEqual([]);
      expect(result.origins?.gaps).toEqual([]);
      const wanted = expected(() => true);
      delete wanted['bucket storage.avatars'];
      const origins = result.origins?.origins ?? [];
      expect(told(origins, wanted)).toEqual(wanted);

      // A policy's expression is judged with its roles: the later of the two statements decided.
      const index = originsIn({ replayOrigins: { status: 'ok', value: origins } } as Collected);
      const line = (name: string, aspect: string) => {
        const policy = objectRef('policy', 'public', name, { table: 'base' });
        return index?.placeOf(policy, aspect)?.line;
      };
      const lines = readFileSync(join(HISTORY, '20240105000000_fifth.sql'), 'utf8').split('\n');
      const at = (start: string) => lines.findIndex((text) => text.startsWith(start)) + 1;
      expect([line('keeper', 'using'), line('keeper', 'check'), line('reader', 'using')]).toEqual([
        at('create policy keeper'),
        at('alter policy keeper'),
        at('alter policy reader'),
      ]);
    } finally {
      await database.drop();
    }
  });
});
