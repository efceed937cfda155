import type pg from 'pg';
import { quoteLiteral } from '../../core/text.ts';
import { IDLE_MS, LOCK_MS, STATEMENT_MS } from './timeouts.ts';

/*
 * The session's limits. `row_security=off` turns a read that policies would filter into an error (42501), so that rows
 * hidden from us are never taken for rows that do not exist. An empty search_path: names mean what they say.
 */
function limits(statementMs: number): [name: string, value: string][] {
  return [
    ['search_path', "''"],
    ['statement_timeout', `${statementMs}`],
    ['lock_timeout', `${LOCK_MS}`],
    ['idle_in_transaction_session_timeout', `${IDLE_MS}`],
    ['application_name', 'supaready'],
    ['row_security', 'off'],
    ['client_encoding', "'UTF8'"],
    ['timezone', "'UTC'"],
    ['datestyle', "'ISO, MDY'"],
    ['intervalstyle', "'iso_8601'"],
    ['extra_float_digits', '1'],
    ['bytea_output', "'hex'"],
    ['quote_all_identifiers', 'off'],
    // Sorts of some ten thousand catalogue rows belong into memory, and are over before JIT has compiled anything.
    ['work_mem', "'32MB'"],
    ['jit', 'off'],
  ];
}

/** The statements that make a session read-only and bounded for as long as it lasts. Not behind a pooler: see connect.ts. */
export function sessionSetUp(): string {
  const settings = limits(STATEMENT_MS).map(([name, value]) => `set session ${name} = ${value}`);
  return ['set session default_transaction_read_only = on', ...settings].join('; ');
}

/**
 * Begins the one read-only transaction over one unchanging state of the database. Its limits end with it, so nothing is
 * left behind on a server connection that a pooler hands to somebody else.
 */
export async function beginReadOnly(
  client: pg.Client,
  statementMs = STATEMENT_MS,
  /** Exported by another transaction that is still open: both then see the same state. */
  snapshot?: string,
): Promise<void> {
  await client.query(readOnlyBeginning(localLimits(statementMs), snapshot));
}

function readOnlyBeginning(settings: readonly string[], snapshot?: string): string {
  const shared = snapshot === undefined ? [] : [`set transaction snapshot ${quoteLiteral(snapshot)}`];
  return ['begin isolation level repeatable read read only', ...shared, ...settings].join('; ');
}

function localLimits(statementMs: number): string[] {
  return limits(statementMs).map(([name, value]) => `set local ${name} = ${value}`);
}

/**
 * A whole read-only transaction, to be sent in one message, alone or with others. `limited`: the session has our limits already
 * (sessionSetUp), and only the time-out is another.
 */
export function readOnlyTransaction(statementMs: number, sql: string, limited: boolean): string {
  const settings = limited ? [`set local statement_timeout = ${statementMs}`] : localLimits(statementMs);
  return `${readOnlyBeginning(settings)}; ${sql}\n; commit`;
}
