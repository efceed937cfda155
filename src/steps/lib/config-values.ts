const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `50MiB`, `5MB`, `1GB`, 1048576 of config.toml → bytes (the CLI counts in powers of 1024); null when it is none of these. */
export function bytesOf(size: unknown): number | null {
  if (typeof size === 'number') return size;
  const match = typeof size === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?B)?\s*$/i.exec(size) : null;
  return match ? Math.round(Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? 1)) : null;
}
