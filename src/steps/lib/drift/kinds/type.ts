import type { Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import { keyOf } from '../../tables.ts';
import { remadeEnum } from '../ddl/enum.ts';
import { commentText } from '../ddl/options.ts';
import { type Aspect, type Direction, type Kind, textAspect } from '../model.ts';
import { sameSql } from '../normal.ts';
import { isProject } from '../platform.ts';
import { grantsAfterOwnerChange, grantsOfNew } from '../privileges.ts';

type Type = Row<'types'>;

const target = (type: Type) => qualified(type.schema, type.name);
const word = (type: Type) => (type.kind === 'domain' ? 'domain' : 'type');
const alter = (type: Type, what: string) => `alter ${word(type)} ${target(type)} ${what}`;

function createStatements(type: Type): string[] {
  if (type.kind === 'enum')
    return [`create type ${target(type)} as enum (${type.labels.map(quoteLiteral).join(', ')})`];
  if (type.kind === 'range') return [`create type ${target(type)} as range (${type.range ?? ''})`];
  if (type.kind === 'composite') return [`create type ${target(type)} as ${type.definition ?? '()'}`];
  const { base = '', default: value = null, notNull = false, checks = [] } = type.domain ?? {};
  return [
    `create domain ${target(type)} as ${base}${value === null ? '' : ` default ${value}`}${notNull ? ' not null' : ''}`,
    ...checks.map(([name, check]) => alter(type, `add constraint ${quoteIdent(name)} ${check}`)),
  ];
}

function create(type: Type, direction: Direction): string[] {
  const owner = direction.to.role(type.owner);
  return [
    ...createStatements(type),
    ...(type.comment === null ? [] : [`comment on ${word(type)} ${target(type)} is ${commentText(type.comment)}`]),
    ...grantsOfNew('types', type.schema, `type ${target(type)}`, type, direction),
    ...(owner === 'postgres' ? [] : [alter(type, `owner to ${direction.from.sqlRole(owner)}`)]),
  ];
}

const drop = (type: Type) => [`drop ${word(type)} ${target(type)}`];

/** ADD VALUE statements that turn one list of labels into the other; null where labels went or changed places. */
function addedLabels(type: Type, from: readonly string[], to: readonly string[]): string[] | null {
  if (!from.every((label) => to.includes(label))) return null;
  if (from.some((label, at) => to.filter((other) => from.includes(other))[at] !== label)) return null;
  return to.flatMap((label, at) => {
    if (from.includes(label)) return [];
    const before = to[at - 1];
    const place =
      before !== undefined
        ? ` after ${quoteLiteral(before)}`
        : from[0] === undefined
          ? ''
          : ` before ${quoteLiteral(from[0])}`;
    return [alter(type, `add value ${quoteLiteral(label)}${place}`)];
  });
}

/** One label under another name, the rest in their places. */
function renamedLabel(type: Type, from: readonly string[], to: readonly string[]): string[] | null {
  if (from.length !== to.length) return null;
  const changed = from.flatMap((label, at) => (label === to[at] ? [] : [at]));
  const [at] = changed;
  if (changed.length !== 1 || at === undefined) return null;
  return [alter(type, `rename value ${quoteLiteral(from[at] ?? '')} to ${quoteLiteral(to[at] ?? '')}`)];
}

const checksOf = (type: Type) => new Map(type.domain?.checks ?? []);
const withoutValidity = (check: string) => check.replace(/ NOT VALID$/, '');

const ASPECTS: readonly Aspect<Type>[] = [
  textAspect<Type>({
    name: 'kind',
    severity: 'high',
    text: (type) => type.kind,
    change: (from, to, direction) => [...drop(from), ...create(to, direction)],
  }),
  textAspect<Type>({
    name: 'labels',
    severity: 'high',
    text: (type) => (type.kind === 'enum' ? type.labels.join(', ') : null),
    change: (from, to, direction) =>
      addedLabels(from, from.labels, to.labels) ??
      renamedLabel(from, from.labels, to.labels) ??
      remadeEnum(from, create(to, direction), direction),
  }),
  textAspect<Type>({
    name: 'base type',
    severity: 'high',
    text: (type) => type.domain?.base ?? null,
    change: (from, to, direction) => [...drop(from), ...create(to, direction)],
  }),
  textAspect<Type>({
    name: 'default',
    severity: 'high',
    text: (type) => type.domain?.default ?? null,
    same: (live, migrations, pair) => sameSql('expression', live, migrations, pair.names),
    change(from, to) {
      const value = to.domain?.default ?? null;
      return [alter(from, value === null ? 'drop default' : `set default ${value}`)];
    },
  }),
  textAspect<Type>({
    name: 'NOT NULL',
    severity: 'high',
    text: (type) => (type.domain === null ? null : type.domain.notNull ? 'not null' : 'nullable'),
    change: (from, to) => [alter(from, `${to.domain?.notNull ? 'set' : 'drop'} not null`)],
  }),
  {
    name: 'checks',
    severity: 'high',
    compare(live, migrations) {
      const [a, b] = [checksOf(live), checksOf(migrations)];
      const same =
        a.size === b.size &&
        [...a].every(([name, check]) => {
          const other = b.get(name);
          return other !== undefined && sameSql('domainCheck', check, other);
        });
      const text = (checks: Map<string, string>) =>
        [...checks].map(([name, check]) => `${name} ${check}`).join(', ') || null;
      return same ? null : { live: text(a), migrations: text(b) };
    },
    change(from, to) {
      const [had, wanted] = [checksOf(from), checksOf(to)];
      const isKept = (name: string, check: string, others: Map<string, string>) => {
        const other = others.get(name);
        return other !== undefined && sameSql('domainCheck', check, other);
      };
      const validated = [...wanted].flatMap(([name, check]) => {
        const before = had.get(name);
        const only = before !== undefined && before !== check && withoutValidity(before) === check;
        return only ? [name] : [];
      });
      return [
        ...[...had].flatMap(([name, check]) =>
          isKept(name, check, wanted) || validated.includes(name)
            ? []
            : [alter(from, `drop constraint ${quoteIdent(name)}`)],
        ),
        ...[...wanted].flatMap(([name, check]) =>
          isKept(name, check, had) || validated.includes(name)
            ? []
            : [alter(from, `add constraint ${quoteIdent(name)} ${check}`)],
        ),
        ...validated.map((name) => alter(from, `validate constraint ${quoteIdent(name)}`)),
      ];
    },
  },
  {
    name: 'fields',
    severity: 'high',
    compare(live, migrations) {
      if (live.kind !== 'composite' || live.definition === migrations.definition) return null;
      return { live: live.definition, migrations: migrations.definition };
    },
    change(from, to) {
      const [had, wanted] = [fieldsOf(from), fieldsOf(to)];
      return [
        ...had
          .filter(([name]) => !wanted.some(([other]) => other === name))
          .map(([name]) => alter(from, `drop attribute ${name}`)),
        ...wanted.flatMap(([name, type]) => {
          const before = had.find(([other]) => other === name);
          if (before === undefined) return [alter(from, `add attribute ${name} ${type}`)];
          return before[1] === type ? [] : [alter(from, `alter attribute ${name} type ${type}`)];
        }),
      ];
    },
  },
  textAspect<Type>({
    name: 'range',
    severity: 'high',
    text: (type) => type.range,
    change: (from, to, direction) => [...drop(from), ...create(to, direction)],
  }),
  textAspect<Type>({
    name: 'owner',
    severity: 'blocker',
    text: (type, side) => side.role(type.owner),
    change: (from, to, direction) => [
      alter(from, `owner to ${direction.from.sqlRole(direction.to.role(to.owner))}`),
      ...grantsAfterOwnerChange(`type ${target(from)}`, from, to, direction),
    ],
  }),
  textAspect<Type>({
    name: 'comment',
    severity: 'low',
    text: (type) => type.comment,
    change: (from, to) => [`comment on ${word(from)} ${target(from)} is ${commentText(to.comment)}`],
  }),
];

/** `(a integer, "b, c" numeric(10,2))` → its fields, names still quoted. */
function fieldsOf(type: Type): [name: string, type: string][] {
  const inner = (type.definition ?? '()').slice(1, -1);
  const fields: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= inner.length; at++) {
    const char = inner[at];
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '(') depth++;
    else if (!quoted && char === ')') depth--;
    if (char === undefined || (char === ',' && depth === 0 && !quoted)) {
      if (at > start) fields.push(inner.slice(start, at).trim());
      start = at + 1;
    }
  }
  return fields.map((field) => {
    const name = /^(?:"(?:[^"]|"")*"|[^\s]+)/.exec(field)?.[0] ?? '';
    return [name, field.slice(name.length).trim()];
  });
}

/** Enums, domains, composite types and ranges. */
export const types: Kind<Type> = {
  id: 'type',
  rows: (side) => side.catalogue.types.filter((type) => isProject('type', type)),
  key: (type) => keyOf(type.schema, type.name),
  object: (type) => objectRef(word(type), type.schema, type.name),
  aspects: ASPECTS,
  presence: 'high',
  create,
  drop,
  nameless: (type) => JSON.stringify([type.schema, type.kind, type.labels, type.domain, type.definition, type.range]),
  rename: (from, to) => [alter(from, `rename to ${quoteIdent(to.name)}`)],
  renamed: 'high',
};
