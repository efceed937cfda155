import type pg from 'pg';

interface CopyConnection {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  sync?(): void;
}

/** The server takes messages of up to 1 GB; small ones keep memory low. */
const CHUNK = 1024 * 1024;

/**
 * Runs `COPY … FROM stdin` and sends its rows, as psql does. Rejects with the server's error. Written as a query of the pg
 * client's own kind, which has no other way to send rows.
 */
export function copyRows(client: pg.Client, sql: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    const query = {
      submit: (connection: CopyConnection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => {
        const bytes = Buffer.from(rows, 'utf8');
        for (let at = 0; at < bytes.length; at += CHUNK) connection.sendCopyFromChunk(bytes.subarray(at, at + CHUNK));
        connection.endCopyFrom();
      },
      handleError: (error: Error) => {
        failure ??= error;
      },
      handleReadyForQuery: () => {
        if (failure) reject(failure);
        else resolve();
      },
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
      handleCommandComplete: () => undefined,
      handleEmptyQuery: () => undefined,
      handlePortalSuspended: () => undefined,
      handleCopyData: () => undefined,
    };
    client.query(query as unknown as pg.Submittable);
  });
}
