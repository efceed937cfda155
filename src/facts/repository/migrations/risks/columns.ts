import { nameParts, walk } from '../../../../core/sql.ts';
import { quoteIdent } from '../../../../core/text.ts';
import type { Fields, Report, TableName } from './model.ts';
import { bareCall, modifiersOf, tableText, typeNameOf, typeText } from './write.ts';

/** Functions that give one value within a statement, so that PostgreSQL 11 and later store it once for all rows. */
const STEADY = new Set(
  (
    'now transaction_timestamp statement_timestamp current_setting timezone date_trunc date_part age to_char to_timestamp to_date ' +
    'make_interval make_date jsonb_build_object jsonb_build_array json_build_object json_build_array to_jsonb to_json ' +
    'array_fill lower upper concat concat_ws coalesce nullif abs round floor ceil md5 encode decode length substring replace ' +
    'trim btrim left right lpad rpad split_part string_to_array array_append uid role jwt email version current_database'
  ).split(' '),
);

const SERIALS = new Set(['serial', 'serial4', 'bigserial', 'serial8', 'smallserial', 'serial2']);

/** A column definition, read. */
export interface ColumnRead {
  name: string;
  type: unknown;
  constraints: readonly Fields[];
  has(contype: string): boolean;
  constraint(contype: string): Fields | undefined;
}

export function readColumn(definition: Fields): ColumnRead {
  const constraints = ((definition.constraints ?? []) as { Constraint?: Fields }[]).flatMap(({ Constraint }) =>
    Constraint ? [Constraint] : [],
  );
  const constraint = (contype: string) => constraints.find((item) => item.contype === contype);
  return {
    name: String(definition.colname ?? ''),
    type: definition.typeName,
    constraints,
    constraint,
    has: (contype) => constraint(contype) !== undefined,
  };
}

export function isSerial(type: unknown): boolean {
  return SERIALS.has(typeNameOf(type));
}

/** The function of a default that may give every row another value; null when none does. `''` stands for an unnamed reason. */
export function volatileCall(expression: unknown): string | null {
  let found: string | null = null;
  walk(expression, (type, node) => {
    if (found !== null) return false;
    if (type === 'FuncCall') {
      const parts = nameParts(node.funcname);
      if (!STEADY.has(parts.at(-1) ?? '')) found = parts.join('.');
    }
    if (type === 'NextValueExpr') found = 'nextval';
    return true;
  });
  return found;
}

/** What types new columns have, wherever they are made. */
export function judgeType(column: ColumnRead, table: TableName, report: Report): void {
  const type = typeNameOf(column.type);
  const say = (rule: Parameters<Report>[0], better: string) =>
    report(rule, {
      table,
      name: column.name,
      what: `${quoteIdent(column.name)} is ${typeText(column.type)}`,
      asked: better,
    });
  if (type === 'bpchar') say('ban-char-field', 'text');
  if (type === 'varchar' && modifiersOf(column.type).length > 0)
    say('prefer-text-field', 'text with a check on its length');
  if (type === 'timestamp') say('prefer-timestamptz', 'timestamptz');
  if (isSerial(column.type)) say('prefer-identity', 'bigint generated always as identity');
  const numbersRows = isSerial(column.type) || column.has('CONSTR_PRIMARY') || column.has('CONSTR_IDENTITY');
  if (numbersRows && ['int4', 'serial', 'serial4'].includes(type)) say('prefer-bigint-over-int', 'bigint');
  if (numbersRows && ['int2', 'smallserial', 'serial2'].includes(type)) say('prefer-bigint-over-smallint', 'bigint');
}

/** What ADD COLUMN does to the rows that are there. */
export function judgeAddedColumn(column: ColumnRead, table: TableName, report: Report): void {
  const name = quoteIdent(column.name);
  const target = tableText(table);
  const add = `alter table ${target} add column ${name} ${typeText(column.type)}`;
  const said = { table, name: column.name };
  const fallback = column.constraint('CONSTR_DEFAULT')?.raw_expr;
  const volatile = fallback === undefined ? null : volatileCall(fallback);
  if (column.has('CONSTR_PRIMARY')) {
    report('adding-serial-primary-key-field', {
      ...said,
      what: `adds the primary key ${name}`,
      rewrite: null,
    });
    return;
  }
  if (isSerial(column.type) || column.has('CONSTR_IDENTITY')) {
    report('adding-field-with-default', {
      ...said,
      what: `adds ${name}, which numbers every row that is there`,
      asked: 'nextval',
    });
  } else if (column.has('CONSTR_GENERATED')) {
    report('adding-field-with-default', { ...said, what: `adds the generated column ${name}`, asked: 'generated' });
  } else if (volatile !== null) {
    const call = bareCall(fallback);
    report('adding-field-with-default', {
      ...said,
      what: `adds ${name} with a default that calls ${volatile}()`,
      asked: volatile,
      rewrite:
        call === null
          ? null
          : `${add};\nalter table ${target} alter column ${name} set default ${call};\n-- then fill the old rows in batches:\nupdate ${target} set ${name} = default where ${name} is null`,
    });
  } else if (column.has('CONSTR_NOTNULL') && (fallback === undefined || isNull(fallback))) {
    report('adding-required-field', {
      ...said,
      what: `adds ${name}, which is NOT NULL and has no default`,
      rewrite: `${add};\n-- fill it in batches, then:\n${provenNotNull(target, table.name, column.name)}`,
    });
  }
  if (column.has('CONSTR_UNIQUE')) {
    report('disallowed-unique-constraint', {
      ...said,
      what: `adds ${name} with a unique constraint`,
      rewrite: `${add};\n${uniqueByIndex(target, [column.name], `${table.name}_${column.name}_key`)}`,
    });
  }
  if (column.has('CONSTR_CHECK')) {
    report('constraint-missing-not-valid', { ...said, what: `adds ${name} with a check that reads every row` });
  }
  if (column.has('CONSTR_FOREIGN') && fallback !== undefined && !isNull(fallback)) {
    report('adding-foreign-key-constraint', {
      ...said,
      what: `adds ${name} with a default and a foreign key that is checked for every row`,
    });
  }
}

function isNull(expression: unknown): boolean {
  const node = expression as { A_Const?: { isnull?: boolean }; TypeCast?: { arg?: unknown } } | undefined;
  return node?.TypeCast ? isNull(node.TypeCast.arg) : node?.A_Const?.isnull === true;
}

/** NOT NULL without reading the table under its strongest lock: PostgreSQL 12 and later take a validated check for it. */
export function provenNotNull(target: string, table: string, column: string): string {
  const check = quoteIdent(`${table}_${column}_not_null`);
  const name = quoteIdent(column);
  return [
    `alter table ${target} add constraint ${check} check (${name} is not null) not valid`,
    `alter table ${target} validate constraint ${check}`,
    `alter table ${target} alter column ${name} set not null`,
    `alter table ${target} drop constraint ${check}`,
  ].join(';\n');
}

/** A unique constraint over an index that is built beside the running traffic. */
export function uniqueByIndex(target: string, columns: readonly string[], constraint: string, primary = false): string {
  const name = quoteIdent(constraint);
  return [
    `create unique index concurrently ${name} on ${target} (${columns.map(quoteIdent).join(', ')})`,
    `alter table ${target} add constraint ${name} ${primary ? 'primary key' : 'unique'} using index ${name}`,
  ].join(';\n');
}
