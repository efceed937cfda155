import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPreferences, rememberAudit, writePreferences } from '../../src/state/preferences.ts';
import { ALICE, NOW, temporaryFolder } from './audits.ts';

const NONE = { recentAudits: [], person: null, screenReader: false };

describe('preferences', () => {
  it('are kept, for their owner only', async () => {
    const directory = temporaryFolder();
    expect(readPreferences({ directory })).toEqual(NONE);
    expect(await writePreferences({ person: ALICE, screenReader: true }, { directory })).toBe(true);
    expect(await rememberAudit({ directory: '/a', project: 'Harbor', openedAt: NOW }, { directory })).toBe(true);
    expect(readPreferences({ directory })).toEqual({
      recentAudits: [{ directory: '/a', project: 'Harbor', openedAt: NOW }],
      person: ALICE,
      screenReader: true,
    });
    expect(statSync(join(directory, 'config.json')).mode & 0o777).toBe(0o600);
  });

  it('list twenty recent audits, each once, the last opened first', async () => {
    const directory = temporaryFolder();
    for (let index = 0; index < 25; index += 1)
      await rememberAudit({ directory: `/a${index}`, project: 'Harbor', openedAt: NOW }, { directory });
    await rememberAudit({ directory: '/a9', project: 'Harbor', openedAt: NOW }, { directory });
    const paths = readPreferences({ directory }).recentAudits.map((audit) => audit.directory);
    expect(paths).toHaveLength(20);
    expect(paths.slice(0, 2)).toEqual(['/a9', '/a24']);
    expect(new Set(paths).size).toBe(20);
  });

  it('are as if never set where the file is broken, and mend when written', async () => {
    for (const broken of [
      '{',
      'null',
      '[]',
      '"x"',
      '\u0000',
      '{"person":{"name":""},"screenReader":"yes","recentAudits":7}',
      '',
    ]) {
      const directory = temporaryFolder();
      writeFileSync(join(directory, 'config.json'), broken);
      expect(readPreferences({ directory }), broken).toEqual(NONE);
      expect(await rememberAudit({ directory: '/a', project: 'P' }, { directory }), broken).toBe(true);
      expect(readPreferences({ directory }).recentAudits, broken).toHaveLength(1);
    }
  });

  it('keep the good parts of a file of which one part is broken', async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'config.json'), JSON.stringify({ person: ALICE, screenReader: 'yes' }));
    expect(readPreferences({ directory })).toEqual({ ...NONE, person: ALICE });
  });

  it('do not stop anything where they cannot be read or written', async () => {
    const directory = temporaryFolder();
    mkdirSync(join(directory, 'config.json'));
    expect(readPreferences({ directory })).toEqual(NONE);
    expect(await writePreferences({ screenReader: true }, { directory })).toBe(false);
    const file = join(directory, 'no-folder');
    writeFileSync(file, '');
    expect(readPreferences({ directory: file })).toEqual(NONE);
    expect(await rememberAudit({ directory: '/a', project: 'P' }, { directory: file })).toBe(false);
  });

  it('leave no half-written file behind', async () => {
    const directory = temporaryFolder();
    chmodSync(directory, 0o700);
    await writePreferences({ screenReader: true }, { directory });
    expect(readdirSync(directory)).toEqual(['config.json']);
    expect(JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'))).toEqual({ screenReader: true });
  });
});
