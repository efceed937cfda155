import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import ws from 'ws';
import { type ApiServer, startApiServer } from '../../src/commands/demo/api-server.ts';
import { API_PASSWORD } from '../checks/fixture.ts';
import { freshDatabase, type TestDatabase } from './database.ts';

export const PASSWORD = API_PASSWORD;

export interface TestApi extends ApiServer {
  database: TestDatabase;
  client(key: string, token?: string): SupabaseClient;
  /** Signs somebody up through the API; the client is theirs. */
  signUp(email: string): Promise<{ id: string; token: string; client: SupabaseClient }>;
}

/** A database of its own with the baseline and `sql` in it, served by a Supabase-compatible API; stop() drops it. */
export async function testApi(sql: string, options: { schemas?: readonly string[] } = {}): Promise<TestApi> {
  const database = await freshDatabase();
  await database.sql(sql);
  const server = await startApiServer({ databaseUrl: database.adminUrl, ...options });
  return {
    ...apiOn(server),
    database,
    async stop() {
      await server.stop();
      await database.drop();
    },
  };
}

/** Clients of a running API. */
export function apiOn(server: ApiServer): Omit<TestApi, 'database'> {
  const client = (key: string, token?: string) =>
    createClient(server.url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      // Node 20 has no WebSocket of its own.
      realtime: { transport: ws as never },
      ...(token !== undefined && { global: { headers: { authorization: `Bearer ${token}` } } }),
    });
  return {
    ...server,
    client,
    async signUp(email) {
      const own = client(server.publishableKey);
      const { data, error } = await own.auth.signUp({ email, password: PASSWORD });
      if (error || !data.user || !data.session) throw error ?? new Error('signed up without a session');
      return { id: data.user.id, token: data.session.access_token, client: own };
    },
  };
}
