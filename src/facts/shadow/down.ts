import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../../core/facts.ts';
import { openRepository } from '../repository/files.ts';
import { findMigrations, type MigrationFile, type MigrationTool } from '../repository/migrations/discover.ts';
import { type Section, sectionOf, upScript } from '../repository/migrations/sections.ts';
import type { ShadowContext } from './collect.ts';
import { MAX_DIFFERENCES } from './repeat.ts';
import { differences, readSchema } from './repeat-catalogue.ts';
import { applyFile, type ReplayFailure, type ReplaySession } from './replay-file.ts';
import { openReplaySession, resetSession } from './replay-session.ts';

/** Each takes two readings of the catalogue; older migrations are nobody's to roll back any more. */
const MAX_TRIED = 20;

/** A migration with both ways. */
interface BothWays {
  file: MigrationFile;
  downPath: string;
  up: Section;
  down: Section;
}

function bothWays(root: string, file: MigrationFile, downPath: string | null, tool: MigrationTool): BothWays | null {
  const text = readFileSync(join(root, file.path), 'utf8');
  const up = upScript(text, tool);
  if (downPath !== null) {
    return {
      file,
      downPath,
      up,
      down: { text: readFileSync(join(root, downPath), 'utf8').replace(/^\ufeff/, ''), transaction: true },
    };
  }
  const down = tool === 'sql' ? sectionOf(text, 'down') : null;
  return down && { file, downPath: file.path, up, down };
}

/**
 * Tries the down scripts in a copy of the replayed database, from the latest migration back as far as every one has its own:
 * down and up again must make the schema that was there. What was undone at last stays undone for the next one's turn.
 */
export async function tryDownScripts(context: ShadowContext): Promise<Facts['downScripts']> {
  const { shadow, root, signal } = context;
  const repository = await openRepository(root, signal);
  const { tool, files, downs } = findMigrations(repository, shadow.settings?.migrations);
  if (tool === null) return null;
  const broken = new Set(shadow.replay.failures.map(({ path }) => path));
  const ways = files.map((file) => ({ file, ways: bothWays(root, file, downs.get(file.path) ?? null, tool) }));
  if (!ways.some((item) => item.ways !== null)) return null;
  const value: NonNullable<Facts['downScripts']> = { judged: [], failures: [], unequal: [], untried: [] };
  const leftOut = { fields: shadow.replay.regime === 'mixed' ? ['position', 'acl'] : ['position'] };

  await context.onCopy(async (copy) => {
    const { url } = copy;
    const session = await openReplaySession(copy);
    const run = (path: string, { text, transaction }: Section) => apply(session, path, text, transaction, context);
    try {
      let stop: string | null = null;
      let state = await readSchema(url, signal, leftOut);
      for (const { file, ways: both } of ways.toReversed()) {
        if (both === null) {
          stop ??= `a later migration than it, ${file.fileName}, has no down script`;
          continue;
        }
        if (value.judged.length >= MAX_TRIED) stop ??= `only the latest ${MAX_TRIED} are tried`;
        if (broken.has(file.path)) stop ??= `${file.fileName} fails in the replay itself`;
        if (stop !== null) {
          value.untried.push({ path: file.path, reason: stop });
          continue;
        }
        signal?.throwIfAborted();
        const { downPath, up, down } = both;
        value.judged.push({ path: file.path, down: downPath });
        const failed = await run(downPath, down);
        if (failed) {
          value.failures.push({ ...said(failed), step: 'down', migration: file.path });
          stop = `undoing ${file.fileName}, a later one, failed`;
          continue;
        }
        const undone = await readSchema(url, signal, leftOut);
        const again = await run(file.path, up);
        if (again) {
          value.failures.push({ ...said(again), step: 'up', migration: file.path });
          stop = `${file.fileName}, a later one, could not be done again`;
          continue;
        }
        const { found, total } = differences(state, await readSchema(url, signal, leftOut), MAX_DIFFERENCES);
        if (total > 0) {
          value.unequal.push({ path: file.path, down: downPath, differences: found, total });
          stop = `${file.fileName}, a later one, is not undone as a whole`;
          continue;
        }
        await run(downPath, down);
        state = undone;
      }
    } finally {
      await session.end();
    }
  });
  return value;
}

function said({ path, line, sqlstate, message }: ReplayFailure) {
  return { path, line, sqlstate, message };
}

async function apply(
  session: ReplaySession,
  path: string,
  script: string,
  transaction: boolean,
  { shadow, signal }: ShadowContext,
): Promise<ReplayFailure | null> {
  await resetSession(session);
  const { failure } = await applyFile({
    path,
    script,
    transaction,
    session,
    timeoutMs: shadow.settings?.statementTimeoutMs ?? 60_000,
    signal,
    record: null,
  });
  return failure;
}
