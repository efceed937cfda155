/** How long one connection may take to open and to log in. */
export const CONNECT_MS = 10_000;
/** How long one catalogue query may run on the server. */
export const STATEMENT_MS = 30_000;
/** How long it may wait for a lock: never stand in the way of a migration. */
export const LOCK_MS = 5_000;
/** How long the server keeps our transaction when we fall silent. */
export const IDLE_MS = 60_000;
/** How much later than the server's own limit a silent connection is given up. */
export const SILENCE_MS = 10_000;
/** How long one count of rows may run. */
export const DATA_STATEMENT_MS = 5_000;
