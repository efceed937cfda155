import type { Column } from '../../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import type { Side } from '../side.ts';
import { foreignOptions, optionChanges, storageOptions } from './options.ts';
import { isPlainSequence, sequenceName, sequenceOptions } from './sequence.ts';

/** `generated always as identity (sequence name s.q …)`; `side` knows the sequence. */
export function identityClause(column: Column, side: Side): string {
  const sequence = side.identityOf(column.schema, column.relation, column.name);
  const kind = column.identity === 'a' ? 'always' : 'by default';
  if (!sequence) return `generated ${kind} as identity`;
  const named = sequence.name !== `${column.relation}_${column.name}_seq` || sequence.schema !== column.schema;
  const options = [
    ...(named ? [`sequence name ${sequenceName(sequence)}`] : []),
    ...(isPlainSequence(sequence) ? [] : [sequenceOptions(sequence)]),
  ];
  return `generated ${kind} as identity${options.length > 0 ? ` (${options.join(' ')})` : ''}`;
}

/** A column as CREATE TABLE and ADD COLUMN take it. */
export function columnDefinition(column: Column, side: Side): string {
  const parts = [quoteIdent(column.name), column.type];
  const { special } = column;
  if (special?.collation) parts.push(`collate ${special.collation}`);
  if (special && special.foreignOptions.length > 0) parts.push(foreignOptions(special.foreignOptions).trim());
  if (column.generated !== '') {
    parts.push(`generated always as (${column.default}) ${column.generated === 'v' ? 'virtual' : 'stored'}`);
  } else if (column.identity !== '') {
    parts.push(identityClause(column, side));
  } else if (column.default !== null) {
    parts.push(`default ${column.default}`);
  }
  if (column.notNull && column.identity === '') parts.push('not null');
  return parts.join(' ');
}

/** Statements for what a column's definition does not hold: storage, compression, statistics, options. */
export function columnSettings(from: Column | null, to: Column): string[] {
  const table = qualified(to.schema, to.relation);
  const name = quoteIdent(to.name);
  const before = from?.special ?? null;
  const after = to.special;
  const alter = (what: string) => `alter table ${table} alter column ${name} ${what}`;
  const statements: string[] = [];
  if ((before?.storage ?? null) !== (after?.storage ?? null))
    statements.push(alter(`set storage ${after?.storage ?? ownStorage(to.type)}`));
  if ((before?.compression ?? null) !== (after?.compression ?? null))
    statements.push(alter(`set compression ${after?.compression ?? 'default'}`));
  if ((before?.statistics ?? null) !== (after?.statistics ?? null))
    statements.push(alter(`set statistics ${after?.statistics ?? -1}`));
  const { set, reset } = optionChanges(before?.options ?? [], after?.options ?? []);
  if (set.length > 0) statements.push(alter(`set (${storageOptions(set)})`));
  if (reset.length > 0) statements.push(alter(`reset (${reset.map(quoteIdent).join(', ')})`));
  return statements;
}

/** The storage a type has of itself (pg_type.typstorage), of those types that have a choice at all. */
function ownStorage(type: string): string {
  return /^(numeric|inet|cidr)(\(|$)/.test(type) ? 'main' : 'extended';
}
