import pg from 'pg';
import { ROW_TYPES } from './row-types.ts';

/** A row's values in the order of the select list. */
export type Fields = readonly unknown[];

/**
 * Runs one message and hands each row over as it arrives, so that tens of thousands of them are not held twice.
 * Rejects with PostgreSQL's error; rows that came before it were handed over. `timeoutMs`: how long all of it may last, where that
 * is not the client's own limit.
 */
export function streamRows(
  client: pg.Client,
  text: string,
  onRow: (fields: Fields) => void,
  timeoutMs?: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: unknown = null;
    const query = new pg.Query<unknown[]>(
      { text, rowMode: 'array', types: ROW_TYPES } as unknown as string,
      (error: Error | undefined) => (error || failure !== null ? reject(error ?? failure) : resolve()),
    );
    query.on('row', (row: unknown, result) => {
      // A callback makes pg keep every row as well.
      if (result) result.rows.length = 0;
      if (failure !== null) return;
      try {
        onRow(row as Fields);
      } catch (error) {
        failure = error;
      }
    });
    if (timeoutMs !== undefined) Object.assign(query, { query_timeout: timeoutMs });
    client.query(query);
  });
}
