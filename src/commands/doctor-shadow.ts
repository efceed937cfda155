import { UserError } from '../core/errors.ts';
import { secretAsker } from './ask.ts';
import type { AuditOptions } from './options.ts';
import { shadowUrlOf } from './shadow-opener.ts';
import type { Project } from './targets.ts';

/** One line of what `doctor` says. */
export interface Line {
  what: string;
  state: 'ok' | 'missing' | 'failed';
  /** What was found, or what follows from its absence and how to mend it. */
  note: string;
}

const NEEDED_FOR = 'what the migrations make (drift, functions, sign-ups, time stamps) is not looked at';

/** Whether migrations can be replayed here, and on which PostgreSQL. */
export async function shadowLine(options: AuditOptions, project: Project): Promise<Line> {
  const what = 'shadow database';
  try {
    const shadowUrl = await shadowUrlOf(options, project, secretAsker());
    if (shadowUrl !== undefined) return { what, state: 'ok', note: await foreignServer(shadowUrl) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { what, state: 'failed', note: `${error.message}; ${error.next}` };
  }
  try {
    const { availableServers, findServer } = await import('../facts/shadow/machine.ts');
    const majors = availableServers().map(({ major, origin }) => `${major} (${origin})`);
    const usual = findServer().major;
    return { what, state: 'ok', note: `PostgreSQL ${majors.join(', ')}; ${usual} where none matches the live server` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const missing = error.code === 'no-embedded-postgres';
    return { what, state: missing ? 'missing' : 'failed', note: `${NEEDED_FOR}: ${error.message}; ${error.next}` };
  }
}

async function foreignServer(shadowUrl: string): Promise<string> {
  const [{ openForeignServer }, { describeTarget }] = await Promise.all([
    import('../facts/shadow/foreign-server.ts'),
    import('./targets.ts'),
  ]);
  const { version, supabase } = await openForeignServer(shadowUrl);
  const how = supabase
    ? 'an empty Supabase database: the migrations stay in it, for one replay'
    : 'each replay makes a database of its own and drops it';
  return `PostgreSQL ${Math.trunc(version / 10_000)} at ${describeTarget(shadowUrl)}; ${how}`;
}

/** Which PostgreSQL the migrations are replayed on beside a live database of this major version. */
export async function shadowMajor(environment: string, live: number): Promise<Line> {
  const what = `shadow of ${environment}`;
  try {
    const { findServer } = await import('../facts/shadow/machine.ts');
    const { major, origin } = findServer(live);
    if (major === live) return { what, state: 'ok', note: `PostgreSQL ${major} (${origin}), as the live one` };
    return {
      what,
      state: 'ok',
      note: `PostgreSQL ${major} (${origin}) beside ${live}: what only differs between the two is left out of the comparison`,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { what, state: 'missing', note: NEEDED_FOR };
  }
}
