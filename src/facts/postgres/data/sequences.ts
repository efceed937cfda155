import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import ownedSequences from '../sql/owned-sequences.sql';
import { composeSql } from '../sql-text.ts';
import type { Outcome, Scan } from './scan.ts';
import { ownTables, tableNames } from './tables.ts';

type Position = Facts['sequencePositions'][number];

interface Row {
  schema: string;
  table: string;
  column: string;
  sequence_schema: string;
  sequence_name: string;
  increment: string;
  start: string;
  last: string | null;
  permitted: boolean;
  unique: boolean;
}

/** Reading a sequence's value holds a lock until the transaction ends: so many tables a query, not all. */
const TABLES = 500;

/** Compares each sequence with the numbers in the column it feeds. */
export async function positionSequences({ ask, plan, options }: Scan): Promise<Outcome<'sequencePositions'>> {
  const tables = ownTables(plan);
  const value: Position[] = [];
  const hidden: string[] = [];
  for (let from = 0; from < tables.length; from += TABLES) {
    const part = tables.slice(from, from + TABLES);
    const answer = await ask<Row>(composeSql(ownedSequences, tableNames(part)));
    if ('error' in answer) {
      hidden.push(`where sequences stand: ${answer.error}`);
      continue;
    }
    for (const row of answer.rows) {
      value.push(await position(ask, row));
      options.onProgress?.(`sequence of ${row.schema}.${row.table}`, value.length, value.length);
    }
  }
  return { value, hidden };
}

async function position(ask: Scan['ask'], row: Row): Promise<Position> {
  const { schema, table, column, increment, last, unique } = row;
  const fact: Position = {
    schema,
    table,
    column,
    sequence: { schema: row.sequence_schema, name: row.sequence_name },
    increment,
    last,
    reached: null,
    nextTaken: false,
    unique,
    error: null,
  };
  if (!row.permitted) return { ...fact, error: 'the sequence may not be read (42501)' };
  const next = last === null ? BigInt(row.start) : BigInt(last) + BigInt(increment);
  const target = qualified(schema, table);
  const name = quoteIdent(column);
  const furthest = increment.startsWith('-') ? 'min' : 'max';
  const answer = await ask<{ reached: string | null; taken: boolean }>(
    `select (select ${furthest}(${name})::text from ${target}) as reached, exists (select from ${target} where ${name} = ${next}) as taken`,
  );
  if ('error' in answer) return { ...fact, error: answer.error };
  const [found] = answer.rows;
  return { ...fact, reached: found?.reached ?? null, nextTaken: found?.taken ?? false };
}
