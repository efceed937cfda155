import * as Sentry from '@sentry/deno';

Sentry.init({ dsn: Deno.env.get('SENTRY_DSN'), tracesSampleRate: 0.1 });

/** Reports an error; never its request, which may hold personal data. */
export function report(error: unknown): void {
  Sentry.captureException(error);
}
