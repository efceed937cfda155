import { execFileSync } from 'node:child_process';
import { UserError } from '../core/errors.ts';
import type { Person } from '../core/events.ts';

/** `Name <e-mail>` or a bare name. */
export function parsePerson(text: string): Person | null {
  const match = /^\s*([^<>]+?)\s*(?:<([^<>\s]+@[^<>\s]+)>)?\s*$/.exec(text);
  return match?.[1] ? { name: match[1], email: match[2] ?? null, role: null } : null;
}

function gitIdentity(directory: string): Person | null {
  const read = (key: string) => {
    try {
      return execFileSync('git', ['config', '--get', key], {
        cwd: directory,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      return '';
    }
  };
  const name = read('user.name');
  return name === '' ? null : { name, email: read('user.email') || null, role: null };
}

/** Who acts: --by, then SUPAREADY_BY, then the preferences, then git's identity; null when nobody is known. */
export function knownPerson(by: string | undefined, remembered: Person | null, directory: string): Person | null {
  const given = by ?? process.env.SUPAREADY_BY;
  if (given !== undefined && given !== '') {
    const person = parsePerson(given);
    if (!person) throw new UserError('bad-person', `“${given}” names nobody`, 'write it as "Name <e-mail>"');
    return person;
  }
  return remembered ?? gitIdentity(directory);
}
