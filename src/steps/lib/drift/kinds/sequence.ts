import type { Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import { keyOf } from '../../tables.ts';
import { createSequence, ownedBy, sequenceName, sequenceOptions } from '../ddl/sequence.ts';
import { type Aspect, type Kind, textAspect, wholeKey } from '../model.ts';
import { isProject } from '../platform.ts';
import { grantsAfterOwnerChange, grantsOfNew } from '../privileges.ts';

type Sequence = Row<'sequences'>;

const alter = (sequence: Sequence, what: string) => `alter sequence ${sequenceName(sequence)} ${what}`;

const ASPECTS: readonly Aspect<Sequence>[] = [
  textAspect<Sequence>({
    name: 'type',
    severity: 'high',
    text: (sequence) => sequence.type,
    change: (from, to) => [alter(from, `as ${to.type} ${sequenceOptions(to)}`)],
  }),
  textAspect<Sequence>({
    name: 'options',
    severity: 'high',
    text: ({ increment, minValue, maxValue, cycle }) =>
      `increment ${increment}, ${minValue} to ${maxValue}, ${cycle ? 'cycle' : 'no cycle'}`,
    change: (from, to) => [alter(from, `as ${to.type} ${sequenceOptions(to)}`)],
  }),
  textAspect<Sequence>({
    name: 'start and cache',
    severity: 'low',
    text: ({ start, cache }) => `start ${start}, cache ${cache}`,
    change: (from, to) => [alter(from, `start with ${to.start} cache ${to.cache}`)],
  }),
  {
    name: 'owning column',
    severity: 'high',
    compare(live, migrations, { names }) {
      // Identity or not is told of the column.
      if (live.tie === 'identity' || migrations.tie === 'identity') return null;
      const shown = { live: ownedBy(live), migrations: ownedBy(migrations) };
      return ownedBy(underOtherNames(live, names)) === shown.migrations ? null : shown;
    },
    change: (from, to) => [alter(from, `owned by ${ownedBy(to)}`)],
  },
  textAspect<Sequence>({
    name: 'persistence',
    severity: 'high',
    text: ({ persistence }) => (persistence === 'u' ? 'unlogged' : 'logged'),
    // One that belongs to a column is what its table is.
    same: (_live, _migrations, _pair, rows) => rows.live.tie !== 'free' || rows.migrations.tie !== 'free',
    change: (from, to) => [alter(from, `set ${to.persistence === 'u' ? 'unlogged' : 'logged'}`)],
  }),
  {
    name: 'owner',
    severity: 'blocker',
    compare(live, migrations, pair) {
      // One that belongs to a column has its table's owner.
      if (live.tie !== 'free' || migrations.tie !== 'free') return null;
      const shown = { live: pair.live.role(live.owner), migrations: pair.migrations.role(migrations.owner) };
      return shown.live === shown.migrations ? null : shown;
    },
    change: (from, to, direction) => [
      alter(from, `owner to ${direction.from.sqlRole(direction.to.role(to.owner))}`),
      ...grantsAfterOwnerChange(`sequence ${sequenceName(from)}`, from, to, direction),
    ],
  },
];

/** A sequence as the migrations know the column it belongs to. */
function underOtherNames(sequence: Sequence, names: ReadonlyMap<string, string>): Sequence {
  if (sequence.column === null) return sequence;
  const { table, column } = sequence.column;
  return {
    ...sequence,
    column: { ...sequence.column, table: names.get(table) ?? table, column: names.get(column) ?? column },
  };
}

/** Sequences, those behind identity and serial columns too. */
export const sequences: Kind<Sequence> = {
  id: 'sequence',
  rows: (side) =>
    side.catalogue.sequences.filter(
      (row) =>
        isProject('sequence', row) &&
        (row.tie === 'free' || row.column === null || side.isOwn(row.column.schema, row.column.table)),
    ),
  key: (row) => keyOf(row.schema, row.name),
  object: (row) => objectRef('sequence', row.schema, row.name),
  whole: (row) =>
    row.tie === 'free' || row.column === null
      ? ''
      : wholeKey('column', `${keyOf(row.column.schema, row.column.table)}\u0000${row.column.column}`),
  aspects: ASPECTS,
  // An identity column's sequence comes and goes with the column's identity, which is told as such.
  presence: (row) => (row.tie === 'identity' ? null : 'high'),
  create(row, direction) {
    const { from, to } = direction;
    const owner = to.role(row.owner);
    const comment = to.comment('sequence', row.schema, null, row.name);
    return [
      createSequence(row),
      ...(row.tie === 'owned' ? [alter(row, `owned by ${ownedBy(row)}`)] : []),
      ...(comment === null ? [] : [`comment on sequence ${sequenceName(row)} is ${quoteLiteral(comment)}`]),
      ...grantsOfNew('sequences', row.schema, `sequence ${sequenceName(row)}`, row, direction),
      ...(owner === 'postgres' || row.tie === 'owned' ? [] : [alter(row, `owner to ${from.sqlRole(owner)}`)]),
    ];
  },
  drop: (row) => [`drop sequence ${sequenceName(row)}`],
  nameless: (row) =>
    row.tie === 'identity'
      ? null
      : JSON.stringify([row.schema, row.type, sequenceOptions(row), ownedBy(row), row.column]),
  rename: (from, to) => [alter(from, `rename to ${quoteIdent(to.name)}`)],
};
