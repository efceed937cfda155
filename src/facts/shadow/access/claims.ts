/* JWTs as the Auth server issues them (supabase.com/docs/guides/auth/jwt-fields), without a signature: PostgREST hands claims on. */

const ISSUED = 1_767_225_600;
const NEVER = 4_102_444_800;

/** A signed-in user's claims; `more` is laid over them (a tenant in app_metadata). */
export function claimsOf(
  user: Readonly<Record<string, string | null>>,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const base: Record<string, unknown> = {
    iss: 'https://example.test/auth/v1',
    sub: user.id,
    aud: 'authenticated',
    role: 'authenticated',
    iat: ISSUED,
    exp: NEVER,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: {},
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: ISSUED }],
    session_id: '00000000-5ead-4000-8000-0000005e5510',
    is_anonymous: false,
  };
  for (const [key, value] of Object.entries(more)) {
    const before = base[key];
    base[key] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  return base;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the publishable key carries. */
export const KEY_CLAIMS: Readonly<Record<string, unknown>> = {
  iss: 'supabase',
  ref: 'abcdefghijklmnopqrst',
  role: 'anon',
  iat: ISSUED,
  exp: NEVER,
};

export const SERVICE_CLAIMS: Readonly<Record<string, unknown>> = { ...KEY_CLAIMS, role: 'service_role' };

/** The same person in another session. */
export function variant(
  claims: Readonly<Record<string, unknown>>,
  change: 'anonymous' | 'aal2' | 'expired' | { role: string },
): Record<string, unknown> {
  if (change === 'anonymous')
    return { ...claims, is_anonymous: true, email: '', amr: [{ method: 'anonymous', timestamp: ISSUED }] };
  if (change === 'aal2')
    return {
      ...claims,
      aal: 'aal2',
      amr: [
        { method: 'totp', timestamp: ISSUED },
        { method: 'password', timestamp: ISSUED },
      ],
    };
  if (change === 'expired') return { ...claims, exp: ISSUED + 3600 };
  return { ...claims, role: change.role };
}
