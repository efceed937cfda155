const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `50MiB`, `5MB`, `1GB`, 1048576 of config.toml → bytes (the CLI counts in powers of 1024); null when it is none of these. */
export function bytesOf(size: unknown): number | null {
  if (typeof size === 'number') return size;
  const match = typeof size === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?B)?\s*$/i.exec(size) : null;
  return match ? Math.round(Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? 1)) : null;
}

const SMS_PROVIDERS = ['twilio', 'twilio_verify', 'messagebird', 'textlocal', 'vonage'];

/**
 * Whether `[auth.sms]` lets people in by phone: the CLI switches it off where no provider is enabled, as in the template of
 * `supabase init` ("no SMS provider is enabled. Disabling phone login"). Undefined when nothing is said.
 */
export function phoneSignIn(sms: unknown): boolean | undefined {
  const settings = (sms ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof settings.enable_signup !== 'boolean') return undefined;
  return (
    settings.enable_signup &&
    SMS_PROVIDERS.some((name) => (settings[name] as { enabled?: unknown } | undefined)?.enabled === true)
  );
}
