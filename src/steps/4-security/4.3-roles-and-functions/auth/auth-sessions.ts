import { authCheck, limit, must } from '../../../lib/auth-settings.ts';

export const authSession = authCheck({
  id: 'auth-session',
  title: 'A stolen session ends by itself',
  why: 'An access token cannot be called back: who holds one is the user until it ends, and with a refresh token that is not rotated, for ever.',
  severity: 'high',
  source: 'Supabase docs, “User sessions” (an hour for access tokens, ten seconds of reuse)',
  remedy: 'Rotate refresh tokens, keep access tokens to an hour, and end sessions where the data ask for it.',
  falseAlarms: 'A session without an end is low: many applications mean it.',
  page: 'auth/sessions',
  rules: () => [
    must('refresh_token_rotation_enabled', true, 'high', 'a stolen refresh token works for ever, beside the real one'),
    limit(
      'security_refresh_token_reuse_interval',
      { above: 10 },
      'low',
      (value) => `a refresh token can be used again for ${value} s`,
    ),
    limit(
      'jwt_exp',
      { above: 3600 },
      (value) => (value > 86_400 ? 'high' : 'medium'),
      (value) => `an access token is good for ${value} s, and nothing ends it sooner`,
    ),
    {
      field: 'sessions_timebox',
      judge: (value) =>
        value === null || value === 0
          ? {
              severity: 'low',
              message: 'a session never ends while it is used',
              to: 'set a time, where the data ask for it',
            }
          : null,
    },
  ],
});
