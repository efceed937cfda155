import type { Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import { keyOf } from '../../tables.ts';
import { commentText } from '../ddl/options.ts';
import { type Kind, textAspect, wholeKey } from '../model.ts';
import { PLATFORM_EVENT_TRIGGERS, PLATFORM_PUBLICATIONS, PLATFORM_ROLES } from '../platform.ts';

type Comment = Row<'comments'>;

function target({ kind, schema, table, name }: Comment): string {
  if (table !== null && kind !== 'index') return `${quoteIdent(name)} on ${qualified(schema ?? '', table)}`;
  return schema === null ? quoteIdent(name) : qualified(schema, name);
}

const statement = (row: Comment, text: string | null) =>
  `comment on ${row.kind} ${target(row)} is ${commentText(text)}`;

/** Comments of objects that have no aspect of their own for it. */
export const comments: Kind<Comment> = {
  id: 'comment',
  rows: (side) =>
    side.catalogue.comments.filter(
      ({ kind, name }) =>
        !(kind === 'role' && PLATFORM_ROLES.has(name)) &&
        !(kind === 'publication' && PLATFORM_PUBLICATIONS.has(name)) &&
        !(kind === 'event trigger' && PLATFORM_EVENT_TRIGGERS.has(name)),
    ),
  key: (row) => [row.kind, row.schema ?? '', row.table ?? '', row.name].join('\u0000'),
  object: (row) => objectRef(row.kind, row.schema, row.name, { table: row.table }),
  whole({ kind, schema, table, name }) {
    if (schema === null) return wholeKey(kind, name);
    return wholeKey(kind, table === null ? keyOf(schema, name) : `${keyOf(schema, table)}\u0000${name}`);
  },
  aspects: [
    textAspect<Comment>({
      name: 'comment',
      severity: 'low',
      text: (row) => row.comment,
      change: (from, to) => [statement(from, to.comment)],
    }),
  ],
  presence: 'low',
  create: (row) => [statement(row, row.comment)],
  drop: (row) => [statement(row, null)],
};
