import chalk, { type ChalkInstance } from 'chalk';
import type { Tone } from './theme.ts';

/* Ink's own colours. Apart from theme.ts, since they look at the environment when they are loaded (see terminal.ts). */

const LOOKS: Readonly<Record<Tone, ChalkInstance>> = {
  ok: chalk.green,
  bad: chalk.red,
  warn: chalk.yellow,
  attested: chalk.magenta,
  accent: chalk.cyan,
  literal: chalk.blue,
  strong: chalk.bold,
  muted: chalk.dim,
};

/** A text as its tone looks; without colour only bold and dim are left. */
export function dressed(text: string, tone: Tone | undefined, colour: boolean, inverse = false): string {
  const plain = tone === undefined || !(colour || tone === 'strong' || tone === 'muted');
  const own = plain ? text : LOOKS[tone](text);
  return inverse ? chalk.inverse(own) : own;
}
