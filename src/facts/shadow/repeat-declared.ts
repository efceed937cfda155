import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../../core/facts.ts';
import { quoteIdent } from '../../core/text.ts';
import { collectCatalogue } from '../postgres/collect.ts';
import { readConfig } from '../repository/config-toml.ts';
import { openRepository } from '../repository/files.ts';
import { findDeclaredSchema } from '../repository/migrations/declared.ts';
import { AdminSession } from './admin-session.ts';
import type { ShadowContext } from './collect.ts';
import { stateOf } from './copy-session.ts';
import type { ShadowCopy } from './from-migrations.ts';
import { MAX_DIFFERENCES } from './repeat.ts';
import { differences, readSchema, type Schema } from './repeat-catalogue.ts';
import { applyFile } from './replay-file.ts';
import { openReplaySession, resetSession } from './replay-session.ts';

/**
 * What `supabase db diff` does not carry into a migration (Supabase docs, “Declarative database schemas”, known caveats), so
 * that it lives in migrations only; and the order of columns, which nothing can change.
 */
const LEFT_OUT = {
  facets: [
    'comments',
    'publications',
    'defaultAcls',
    'schemas',
    'roles',
    'eventTriggers',
    'extensions',
    'foreignServers',
  ],
  fields: ['acl', 'position', 'comment', 'owner', 'options'],
};

/** Schemas of the platform, which a diff passes over. */
const PLATFORM = new Set(['auth', 'storage', 'realtime', 'vault', 'extensions', 'graphql', 'graphql_public']);

/** What a diff compares: nothing of the platform's schemas, and of a sequence only that it is there. */
function carried(schema: Schema): Schema {
  return new Map(
    [...schema]
      .filter(([, { object }]) => !PLATFORM.has(object.schema ?? ''))
      .map(([key, item]) => [key, item.object.kind === 'sequence' ? { ...item, text: '' } : item]),
  );
}

/**
 * Moves the declared database's extensions to where the migrations have them: that a diff does not carry over, while
 * PostgreSQL writes the schema before the type of every column, argument and constant.
 */
async function moveExtensions({ url }: ShadowContext['shadow'], database: ShadowCopy): Promise<void> {
  const extensions = async (from: string) => {
    const { extensions: fact } = await collectCatalogue({ url: from, names: ['extensions'], embedded: true });
    return new Map((fact?.status === 'ok' ? fact.value : []).map(({ name, schema }) => [name, schema]));
  };
  const [wanted, there] = [await extensions(url), await extensions(database.url)];
  const moves = [...wanted].filter(([name, schema]) => there.has(name) && there.get(name) !== schema);
  if (moves.length === 0) return;
  const admin = new AdminSession(database.adminUrl);
  try {
    for (const [name, schema] of moves) {
      await admin.query('update pg_extension set extrelocatable = true where extname = $1', [name]);
      // Where it cannot be moved, what rests on it is told.
      await admin.query(`alter extension ${quoteIdent(name)} set schema ${quoteIdent(schema)}`).catch(stateOf);
    }
  } finally {
    await admin.end();
  }
}

/**
 * Builds the declarative schema (supabase/schemas) in a fresh database and compares it with what the migrations make; null
 * where the project declares none. `first` are the migrations, `second` the declared schema.
 */
export async function declaredSchema(context: ShadowContext): Promise<Facts['declaredSchema']> {
  const { shadow, root, signal } = context;
  if (shadow.replay.tool !== 'supabase') return null;
  const repository = await openRepository(root, signal);
  const declared = findDeclaredSchema(repository, readConfig(repository), shadow.replay.directory);
  if (declared === null || declared.paths.length === 0) return null;
  const database = await shadow.fresh();
  try {
    const session = await openReplaySession(database);
    const failures: NonNullable<Facts['declaredSchema']>['failures'] = [];
    try {
      for (const path of declared.paths) {
        await resetSession(session);
        const { failure } = await applyFile({
          path,
          script: readFileSync(join(root, path), 'utf8').replace(/^\ufeff/, ''),
          session,
          timeoutMs: shadow.settings?.statementTimeoutMs ?? 60_000,
          signal,
          record: null,
        });
        if (failure) failures.push({ path, line: failure.line, sqlstate: failure.sqlstate, message: failure.message });
      }
    } finally {
      await session.end();
    }
    await moveExtensions(shadow, database);
    const [one, two] = [
      await readSchema(shadow.url, signal, LEFT_OUT),
      await readSchema(database.url, signal, LEFT_OUT),
    ];
    const { found, total } = differences(carried(one), carried(two), MAX_DIFFERENCES);
    return { files: declared.paths.length, source: declared.source, failures, differences: found, total };
  } finally {
    await database.close().catch(() => undefined);
  }
}
