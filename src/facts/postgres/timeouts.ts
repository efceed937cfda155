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
/** How long one environment's sampling of rows may take in one run; the next run goes on with what is left. */
export const SAMPLING_MS = 120_000;
/** How long checking one B-tree may take. */
export const INDEX_CHECK_MS = 30_000;
/** How long all B-trees of one environment may take together. */
export const INDEX_CHECKS_MS = 300_000;
/** Waits before each attempt to connect again after the connection broke during a row scan. */
export const RECONNECT_MS: readonly number[] = [500, 2_000, 5_000];
