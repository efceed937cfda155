import type pg from 'pg';
import type { Origin } from '../../../core/facts/origin.ts';
import { quoteLiteral } from '../../../core/text.ts';
import { bodyLine, linesWithin, type StatementLines } from '../../repository/migrations/statement-lines.ts';
import { foldLog, type Identity, keyOf, type LogRow, type Place } from './fold.ts';
import { grantedObjects } from './granted.ts';
import logSql from './log.sql';
import objectsSql from './objects.sql';
import recorderSql from './recorder.sql';

/** Statements that only bring rows; they are told the same way, but their text is not kept. */
const DATA = /^(insert|update|delete|copy|with|select)\b/i;

/** What the replay tells, and what it saw in the end. */
export interface RecordedOrigins {
  origins: Origin[];
  /** Statements that could not be followed, in words. */
  gaps: string[];
}

/**
 * Watches a replay from inside the database: event triggers note after each command which objects are no longer as they were,
 * with the statement that runs, so that DO blocks, EXECUTE and functions are seen as well as plain statements, and nothing is
 * guessed. Needs a superuser. The database is as without it once `finish` has run.
 */
export class OriginRecorder {
  readonly #paths: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #lines = new Map<string, StatementLines>();

  /** `client` must be a superuser's. Null when the server does not let us. */
  static async install(client: pg.Client): Promise<OriginRecorder | null> {
    try {
      await client.query(`begin; ${recorderSql}; commit`);
      return new OriginRecorder();
    } catch {
      await client.query('rollback').catch(() => undefined);
      return null;
    }
  }

  startFile(path: string): void {
    this.#paths.push(path);
  }

  /** SQL that tells the database where the statement stands that comes next. */
  mark(text: string, line: number): string {
    const at = `${this.#paths.length - 1}:${line}`;
    if (!DATA.test(text)) this.#texts.set(at, text);
    // Behind the place stand the names that a GRANT is about.
    return `set supaready.at = ${quoteLiteral([at, ...grantedObjects(text)].join('\u001f'))};`;
  }

  /** Reads what was seen and takes the recorder out of the database; null when a migration took it out itself. */
  async finish(client: pg.Client): Promise<RecordedOrigins | null> {
    try {
      const { rows } = await client.query<LogRow>(logSql);
      const objects = await client.query<Identity & Pick<LogRow, 'class' | 'object' | 'part'>>(objectsSql);
      const left = new Map(
        objects.rows.map(({ class: kind, object, part, ...identity }) => [
          keyOf({ class: kind, object, part }),
          identity,
        ]),
      );
      const errors = await client.query<{ at: string | null }>(
        'select distinct at from pg_supaready.errors order by 1',
      );
      const origins = foldLog(rows, left, (at, named) => this.#place(at, named));
      const gaps = errors.rows.map(({ at }) => {
        const place = at === null ? null : this.#place(at, null);
        return place ? `what ${place.path}:${place.line} changed could not be noted` : 'a drop could not be noted';
      });
      return { origins: sorted(origins), gaps };
    } catch {
      return null;
    } finally {
      await client
        .query(
          'drop event trigger if exists pg_supaready_command; drop event trigger if exists pg_supaready_drop; set allow_system_table_mods = on; drop schema if exists pg_supaready cascade; set allow_system_table_mods = off',
        )
        .catch(() => undefined);
    }
  }

  #place(at: string, named: string | null): Place {
    const [file = 0, line = 1, inner] = at.split(':').map(Number);
    const path = this.#paths[file] ?? '';
    const key = `${file}:${line}`;
    const text = this.#texts.get(key);
    if (text === undefined) return { path, line };
    if (inner !== undefined) return { path, line: bodyLine(text, line) + inner - 1 };
    if (named === null || !named.includes(',')) return { path, line };
    let lines = this.#lines.get(key);
    if (!lines) {
      lines = linesWithin(text, line);
      this.#lines.set(key, lines);
    }
    const [type = '', name = '', ...columns] = named.split(',');
    const found =
      type === 'column'
        ? lines.columns.get(name)
        : (lines.constraints.get(name) ?? lines.constraints.get(`${type}:${columns}`));
    return { path, line: found ?? line };
  }
}

/** Orders them by what they are about. */
function sorted(origins: readonly Origin[]): Origin[] {
  const keyed = origins.map((origin) => {
    const { kind, schema, name, table, column, signature, aspect } = origin;
    return {
      origin,
      key: [kind, schema, table ?? '', name, column ?? '', signature ?? '', aspect ?? ''].join('\u0000'),
    };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ origin }) => origin);
}
