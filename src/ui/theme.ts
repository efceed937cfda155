/** What a piece of text means. Eight tones, sixteen colours, and never the only carrier of a meaning. */
export type Tone = 'ok' | 'bad' | 'warn' | 'attested' | 'accent' | 'literal' | 'strong' | 'muted';

/** FORCE_COLOR decides where it is set, then NO_COLOR (any value but the empty one, no-color.org); else colour is on. */
export function colourWanted(env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !env.NO_COLOR;
}
