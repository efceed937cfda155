/** What a piece of text means. Eight tones, sixteen colours, and never the only carrier of a meaning. */
export type Tone = 'ok' | 'bad' | 'warn' | 'attested' | 'accent' | 'literal' | 'strong' | 'muted';

/** Ink's text properties of a tone. */
export interface Look {
  color?: string;
  dimColor?: boolean;
  bold?: boolean;
}

const LOOKS: Readonly<Record<Tone, Look>> = {
  ok: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  attested: { color: 'magenta' },
  accent: { color: 'cyan' },
  literal: { color: 'blue' },
  strong: { bold: true },
  muted: { dimColor: true },
};

/** FORCE_COLOR decides where it is set, then NO_COLOR (any value but the empty one, no-color.org); else colour is on. */
export function colourWanted(env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !env.NO_COLOR;
}

/** The look of a tone; without colour only bold and dim are left. */
export function lookOf(tone: Tone | undefined, colour: boolean): Look {
  if (tone === undefined) return {};
  const look = LOOKS[tone];
  return colour || look.color === undefined ? look : {};
}
