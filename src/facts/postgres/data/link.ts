import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { UserError } from '../../../core/errors.ts';
import { abortable, type Connection, closeQuietly, connect } from '../connect.ts';
import { connectionLost, isConnectionLoss } from '../connect-errors.ts';
import { failureReason } from '../failed-fact.ts';
import { readOnlyTransaction } from '../read-only.ts';
import { DATA_STATEMENT_MS, RECONNECT_MS } from '../timeouts.ts';

/** One query in a short transaction of its own: a long one would keep the server from cleaning up behind its writers. */
export type Ask = <R extends pg.QueryResultRow>(
  sql: string,
  statementMs?: number,
) => Promise<{ rows: R[] } | { error: string }>;

/** Rows of the one statement of a message that brings any. */
function rowsOf<R>(results: unknown): R[] {
  const all = (Array.isArray(results) ? results : [results]) as { fields: unknown[]; rows: R[] }[];
  return all.find(({ fields }) => fields.length > 0)?.rows ?? [];
}

/**
 * A connection for row scans that outlives a restart of the server: what was asked when it broke is asked again over a new
 * one, a few times. All work must be such that it can be done twice.
 */
export class ScanLink {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  #connection: Connection;

  private constructor(url: string, connection: Connection, signal: AbortSignal | undefined) {
    this.#url = url;
    this.#connection = connection;
    this.#signal = signal;
  }

  /** Throws UserError as connectReadOnly does. */
  static async open(url: string, signal: AbortSignal | undefined): Promise<ScanLink> {
    return new ScanLink(url, await connect(url, signal), signal);
  }

  /**
   * `limited`: the session has our limits already (connect.ts).
   * Throws UserError: cancelled (130); connection-lost (3) when the server does not come back.
   */
  async run<T>(work: (client: pg.Client, limited: boolean) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const { client, target, link } = this.#connection;
      try {
        return await abortable(client, target, this.#signal, () => work(client, link.path === 'direct'));
      } catch (error) {
        if (error instanceof UserError || !isConnectionLoss(error)) throw error;
        if (attempt >= RECONNECT_MS.length || !(await this.#reconnect(RECONNECT_MS.slice(attempt))))
          throw connectionLost(target, error);
      }
    }
  }

  /** The whole transaction is one message: one round trip to a server that may be far. */
  readonly ask: Ask = (sql, statementMs = DATA_STATEMENT_MS) =>
    this.run(async (client, limited) => {
      const started = performance.now();
      try {
        return { rows: rowsOf(await client.query(readOnlyTransaction(statementMs, sql, limited))) };
      } catch (error) {
        if (isConnectionLoss(error)) throw error;
        await client.query('rollback');
        return { error: failureReason(error, performance.now() - started) };
      }
    });

  close(): Promise<void> {
    return closeQuietly(this.#connection.client);
  }

  async #reconnect(waits: readonly number[]): Promise<boolean> {
    await closeQuietly(this.#connection.client);
    for (const ms of waits) {
      await wait(ms, undefined, this.#signal && { signal: this.#signal }).catch(() => undefined);
      try {
        this.#connection = await connect(this.#url, this.#signal);
        return true;
      } catch (error) {
        if (this.#signal?.aborted) throw error;
      }
    }
    return false;
  }
}
