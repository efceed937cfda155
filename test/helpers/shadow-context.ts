import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import type { ShadowContext } from '../../src/facts/shadow/collect.ts';
import type { ReplayResult } from '../../src/facts/shadow/replay.ts';
import type { PostgresServer } from '../../src/facts/shadow/server.ts';
import { runScript } from './database.ts';

const REPLAY: ReplayResult = {
  tool: null,
  directory: null,
  applied: [],
  failures: [],
  shims: [],
  assumed: [],
  regime: 'legacy',
  origins: null,
};

/** A replayed database without a history: `sql` has been run in it. */
export async function contextOn(server: PostgresServer, name: string, sql: string): Promise<ShadowContext> {
  await server.createDatabase(name, await ensureBaseline(server));
  await runScript(server.url(name), server.url(name, 'supabase_admin'), sql);
  return {
    shadow: {
      url: server.url(name),
      replay: REPLAY,
      server: { version: server.version ?? 0, origin: 'embedded' },
      copy: null,
      fresh: () => Promise.reject(new Error('nothing was replayed')),
      close: async () => undefined,
    },
    root: '',
    besideLive: false,
    async onCopy(probe) {
      const copy = `${name}_copy`;
      await server.createDatabase(copy, name);
      try {
        return await probe({
          url: server.url(copy),
          adminUrl: server.url(copy, 'supabase_admin'),
          close: async () => undefined,
        });
      } finally {
        await server.dropDatabase(copy);
      }
    },
  };
}
