import { describe, expect, it } from 'vitest';
import { standInsOf } from '../src/engine/matrix.ts';
import { standInLines } from '../src/report/stand-ins.ts';

const environment = (name: string) => ({ name, kind: 'local', source: 'from-migrations' });

describe('extensions that a replay stood in for', () => {
  it('are found in the snapshots and said, once an environment', () => {
    const snapshot = (name: string, shims: string[]) => ({
      header: { environment: name },
      facts: { replay: { status: 'ok', value: { shims } } },
    });
    const snapshots = [
      snapshot('main', ['pg_cron', 'vec\u001b[2Jtor']),
      snapshot('staging', []),
    ] as unknown as Parameters<typeof standInsOf>[0];
    const standIns = standInsOf(snapshots);
    expect(standIns).toEqual({ main: ['pg_cron', 'vec\u001b[2Jtor'] });

    const state = { environments: [environment('main'), environment('staging')] } as unknown as Parameters<
      typeof standInLines
    >[0]['state'];
    const [line, ...more] = standInLines({ standIns, state });
    expect(more).toEqual([]);
    expect(line).toMatch(/^In the replay of main these extensions were stood in for .*: pg_cron, vec/);
    expect(line).not.toContain('\u001b');
    expect(standInLines({ state })).toEqual([]);
  });
});
