import { EXIT, UserError } from '../../core/errors.ts';
import { CATALOGUE_IN_SHADOW } from '../../core/facts/shadow.ts';
import type { CollectedFact, Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { collectCatalogue } from '../postgres/collect.ts';
import type { FromMigrations } from './from-migrations.ts';
import { withProjectName } from './project-name.ts';
import { type ReplayResult, replayMigrations } from './replay.ts';

type Catalogue = Facts['shadowCatalogue'];

async function read(url: string, replay: ReplayResult, leftOut: string[], signal?: AbortSignal): Promise<Catalogue> {
  const names = CATALOGUE_IN_SHADOW;
  const facts = withProjectName(
    await collectCatalogue({ url, names: ['database', ...names], embedded: true, ...(signal && { signal }) }),
  );
  const catalogue: Record<string, unknown> = {};
  for (const name of [...names, 'database' as const]) {
    const fact = facts[name] as CollectedFact | undefined;
    if (fact?.status !== 'ok' || fact.hidden.length > 0) throw unread(name, fact);
    catalogue[name] = fact.value;
  }
  const { database, ...rest } = catalogue as Omit<Catalogue, 'serverVersionNum' | 'replay'> & Pick<Facts, 'database'>;
  const { shims, regime, failures } = replay;
  return {
    ...rest,
    serverVersionNum: database.serverVersionNum,
    replay: {
      shims: [...shims],
      regime,
      leftOut,
      failures: failures.map(({ path, line, sqlstate, message }) => ({
        path,
        line,
        sqlstate,
        message: redact(message),
      })),
    },
  };
}

function unread(name: string, fact: CollectedFact | undefined): UserError {
  const reason =
    fact === undefined ? 'it was not collected' : fact.status === 'ok' ? fact.hidden.join('; ') : fact.reason;
  return new UserError(
    'shadow-not-read',
    `${name} of the replayed database could not be read whole: ${reason}`,
    'run it again',
    EXIT.unknown,
  );
}

/**
 * The catalogue that the applied migrations make. Where files are pending, they are replayed once more without those, on
 * a fresh database: what is still to be applied is no drift. Rejects with UserError where that cannot be had.
 */
export async function shadowCatalogue(options: {
  shadow: FromMigrations;
  root: string;
  /** Paths of the files that the live database has not applied. */
  pending?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}): Promise<Catalogue> {
  const { shadow, root, pending = [], signal } = options;
  if (pending.length === 0) return read(shadow.url, shadow.replay, [], signal);
  const fresh = await shadow.fresh();
  try {
    const replay = await replayMigrations({
      ...shadow.settings,
      server: { url: (_database, user) => (user === 'supabase_admin' ? fresh.adminUrl : fresh.url) },
      database: decodeURIComponent(new URL(fresh.url).pathname.slice(1)),
      root,
      skip: new Set(pending),
      keepGoing: true,
      unwatched: true,
      ...(signal && { signal }),
    });
    return await read(fresh.url, replay, [...pending], signal);
  } finally {
    await fresh.close().catch(() => undefined);
  }
}
