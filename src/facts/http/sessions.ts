import { randomBytes } from 'node:crypto';
import type { SupabaseClient } from '@supabase/supabase-js';
import { ApiError, type ApiTarget, apiClient, originOf } from './client.ts';

/** Somebody signed in. */
export interface Session {
  name: 'A' | 'C';
  id: string;
  email: string;
  token: string;
  client: SupabaseClient;
}

export interface Sessions {
  users: readonly Session[];
  /** Ends them and removes users made for the probe; what is left behind, in words. */
  close(): Promise<string[]>;
}

const NAMES = ['A', 'C'] as const;

const NO_USERS =
  'no test users are named; give two users made for tests, of different tenants, as api.testUsers in supaready.config.json';

/** What Auth said, by its own code; its message may repeat an address. */
function codeOf(error: { code?: string | undefined; status?: number | undefined }): string {
  return error.code ?? String(error.status ?? 'no answer');
}

async function logIn(target: ApiTarget, at: number, signal: AbortSignal | undefined): Promise<Session> {
  const user = target.testUsers[at];
  if (!user) throw new ApiError('absent', NO_USERS);
  const auth = await apiClient(target, target.publishableKey, { signal });
  const { data, error } = await auth.auth.signInWithPassword(user);
  signal?.throwIfAborted();
  if (error)
    throw new ApiError(
      'denied',
      `test user ${at + 1} cannot log in at ${originOf(target)} (${codeOf(error)}); check api.testUsers in supaready.config.json, and that the address is confirmed`,
    );
  return sessionOf(target, at, { id: data.user.id, email: user.email, token: data.session.access_token }, signal);
}

async function sessionOf(
  target: ApiTarget,
  at: number,
  user: { id: string; email: string; token: string },
  signal: AbortSignal | undefined,
): Promise<Session> {
  const name = NAMES[at];
  if (!name) throw new RangeError('two test users are asked as, no more');
  return { ...user, name, client: await apiClient(target, target.publishableKey, { token: user.token, signal }) };
}

/** Signs two users up, whose address says what they are for; `mayRemove`: the secret key takes them away again. */
async function signUp(target: ApiTarget, signal: AbortSignal | undefined): Promise<Sessions> {
  const run = randomBytes(5).toString('hex');
  const users: Session[] = [];
  const made: string[] = [];
  const close = async () => {
    const { secretKey } = target;
    const admin = secretKey === null ? null : await apiClient(target, secretKey);
    const left: string[] = [];
    for (const id of made) {
      const gone = admin === null ? null : await admin.auth.admin.deleteUser(id);
      if (gone === null || gone.error) left.push(`the user supaready+${run}-… made for the probe (${id})`);
    }
    return left;
  };
  try {
    for (const at of [0, 1]) {
      const auth = await apiClient(target, target.publishableKey, { signal });
      const email = `supaready+${run}-${at + 1}@example.com`;
      const { data, error } = await auth.auth.signUp({ email, password: randomBytes(24).toString('base64url') });
      signal?.throwIfAborted();
      if (data.user) made.push(data.user.id);
      if (error || !data.user || !data.session)
        throw new ApiError(
          'absent',
          `nobody can be signed up for the probe (${error ? codeOf(error) : 'the address must be confirmed'}); ${NO_USERS}`,
        );
      users.push(await sessionOf(target, at, { id: data.user.id, email, token: data.session.access_token }, signal));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { users, close };
}

/**
 * The test users named, logged in; else, where a person agreed and it is no production, two made for the probe.
 * Throws ApiError where there is nobody to ask as.
 */
export async function openSessions(
  target: ApiTarget,
  { mayMake, signal }: { mayMake: boolean; signal?: AbortSignal | undefined },
): Promise<Sessions> {
  if (target.testUsers.length === 0) {
    if (mayMake) return signUp(target, signal);
    throw new ApiError(
      'absent',
      `${NO_USERS}, or agree to have two made (--allow-probe rls-http, never on production)`,
    );
  }
  const users: Session[] = [];
  for (const at of target.testUsers.keys()) users.push(await logIn(target, at, signal));
  return {
    users,
    async close() {
      for (const { client } of users) await client.auth.signOut({ scope: 'local' }).catch(() => undefined);
      return [];
    },
  };
}
