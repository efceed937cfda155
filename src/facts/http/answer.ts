import type { Facts } from '../../core/facts.ts';
import { ApiError, type ApiTarget, originOf } from './client.ts';

export type Answer = Pick<Facts['httpSurface']['relations'][number], 'outcome' | 'status' | 'code'>;

/** What a client of supabase-js returns, as far as it is looked at: never a message, which may quote a value. */
export interface Returned {
  status: number;
  error: { code?: string | undefined; message?: string | undefined } | null;
}

/** PostgREST: table, function or schema not in what it serves (docs.postgrest.org, “Error codes”). */
const UNKNOWN = new Set(['PGRST106', 'PGRST202', 'PGRST205', '42P01', '42883', '3F000']);
/** PostgREST: the token or key itself is at fault. */
const BAD_TOKEN = /^PGRST30\d$/;

/** The key or token was refused, or nobody answered: then there is nothing to be learnt from any answer. */
export function assertAnswered(target: ApiTarget, { status, error }: Returned): void {
  const origin = originOf(target);
  const code = error?.code ?? '';
  if (error === null) return;
  if (status === 0) {
    const late = /TimeoutError|aborted due to timeout/.test(error.message ?? '');
    throw new ApiError(
      late ? 'timeout' : 'error',
      `${origin} did not answer${late ? ' in time' : ''}; check api.url in supaready.config.json, and whether the project is paused`,
    );
  }
  if (BAD_TOKEN.test(code) || (status === 401 && code !== '42501'))
    throw new ApiError(
      'denied',
      `${origin} does not take the key or session (${status}${code ? ` ${code}` : ''}); check api.publishableKey, and copy it anew from Project Settings → API Keys`,
    );
}

/** A refusal in our words; null where the request went well. */
export function refusal({ status, error }: Returned): Answer | null {
  if (error === null) return null;
  const code = error.code || null;
  if (code === '42501') return { outcome: 'denied', status, code };
  if (code !== null && UNKNOWN.has(code)) return { outcome: 'absent', status, code };
  return { outcome: 'error', status, code };
}
