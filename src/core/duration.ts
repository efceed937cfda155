const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `14d`, `12h`, `30m`, `10s` → milliseconds; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+)([smhd])$/.exec(text);
  return match?.[1] && match[2] ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : null;
}

/** ISO time `days` after `iso`. */
export function addDays(iso: string, days: number): string {
  return new Date(Date.parse(iso) + days * UNITS.d).toISOString();
}

/** 850 → `850 ms`, 4200 → `4.2 s`, 95000 → `1 min 35 s`. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
