import { quoteIdent } from '../../../../core/text.ts';
import { isSerial, judgeAddedColumn, judgeType, provenNotNull, readColumn, uniqueByIndex } from './columns.ts';
import { type Fields, type FileState, type History, type Judged, keyOf, type Report, type TableName } from './model.ts';
import { insertAfterWord, namesIn, shown, tableText, typeText } from './write.ts';

/** One ALTER TABLE, command by command. */
export function judgeAlterTable(
  body: Fields,
  table: TableName,
  judged: Judged,
  state: FileState,
  history: History,
  report: Report,
): void {
  const commands = ((body.cmds ?? []) as { AlterTableCmd?: Fields }[]).flatMap(({ AlterTableCmd }) =>
    AlterTableCmd ? [AlterTableCmd] : [],
  );
  // A statement of several commands cannot be shown with one of them changed.
  const text = commands.length === 1 ? judged.text : '';
  for (const command of commands) judgeCommand(command, table, text, state, history, report);
}

function judgeCommand(
  command: Fields,
  table: TableName,
  text: string,
  state: FileState,
  history: History,
  report: Report,
): void {
  const name = String(command.name ?? '');
  const target = tableText(table);
  switch (command.subtype) {
    case 'AT_AddColumn': {
      const column = readColumn((command.def as { ColumnDef?: Fields })?.ColumnDef ?? {});
      judgeAddedColumn(column, table, report);
      // A new serial is said with its rewrite already.
      if (!isSerial(column.type) || column.has('CONSTR_PRIMARY')) judgeType(column, table, report);
      return;
    }
    case 'AT_DropColumn':
      report('ban-drop-column', { table, name, what: `drops the column ${quoteIdent(name)}` });
      return;
    case 'AT_AlterColumnType': {
      const type = (command.def as { ColumnDef?: Fields })?.ColumnDef?.typeName;
      report('changing-column-type', {
        table,
        name,
        what: `changes the type of ${quoteIdent(name)} to ${typeText(type)}`,
        asked: typeText(type),
        rewrite: `alter table ${target} add column ${quoteIdent(`${name}_new`)} ${typeText(type)}`,
      });
      return;
    }
    case 'AT_SetNotNull':
      if (history.provenNotNull.has(keyOf(table, name))) return;
      report('adding-not-nullable-field', {
        table,
        name,
        what: `makes ${quoteIdent(name)} NOT NULL`,
        rewrite: provenNotNull(target, table.name, name),
      });
      return;
    case 'AT_DropNotNull':
      report('ban-drop-not-null', { table, name, what: `lets ${quoteIdent(name)} be null` });
      return;
    case 'AT_DropConstraint':
      report('ban-drop-constraint', { table, name, what: `drops the constraint ${quoteIdent(name)}` });
      return;
    case 'AT_ValidateConstraint': {
      const key = keyOf(table, name);
      const column = history.notNullChecks.get(key);
      if (column !== undefined) history.provenNotNull.add(keyOf(table, column));
      if (state.inTransaction && state.notValid.has(key)) {
        report('constraint-missing-not-valid', {
          table,
          name,
          what: `validates ${quoteIdent(name)} in the transaction that added it, which holds the table's lock all the while`,
          asked: 'same transaction',
        });
      }
      return;
    }
    case 'AT_AddConstraint':
      judgeConstraint((command.def as { Constraint?: Fields })?.Constraint ?? {}, table, text, state, history, report);
      return;
    case 'AT_DetachPartition':
      if ((command.def as { PartitionCmd?: Fields })?.PartitionCmd?.concurrent !== true) {
        report('require-concurrent-partition-detach', {
          table,
          what: 'detaches a partition under the strongest lock',
          rewrite: text === '' ? null : shown(`${text} concurrently`),
        });
      }
      return;
  }
}

function nameFor(constraint: Fields, table: TableName, columns: readonly string[], suffix: string): string {
  return typeof constraint.conname === 'string'
    ? constraint.conname
    : [table.name, ...columns, suffix].join('_').slice(0, 63);
}

/** `ADD CONSTRAINT …` as two steps: the rule for new rows at once, the old rows read beside the traffic. */
function inTwoSteps(text: string, constraint: Fields, table: TableName, name: string): string | null {
  const named =
    constraint.conname === undefined ? insertAfterWord(text, 'add', `constraint ${quoteIdent(name)}`) : text;
  if (named === null || named === '') return null;
  return shown(`${named} not valid;\nalter table ${tableText(table)} validate constraint ${quoteIdent(name)}`);
}

function judgeConstraint(
  constraint: Fields,
  table: TableName,
  text: string,
  state: FileState,
  history: History,
  report: Report,
): void {
  const columns = namesIn(constraint.fk_attrs ?? constraint.keys);
  const listed = columns.map(quoteIdent).join(', ');
  const notValid = constraint.skip_validation === true;
  const key = keyOf(table, typeof constraint.conname === 'string' ? constraint.conname : '');
  switch (constraint.contype) {
    case 'CONSTR_FOREIGN': {
      if (notValid) {
        state.notValid.add(key);
        return;
      }
      const name = nameFor(constraint, table, columns, 'fkey');
      report('adding-foreign-key-constraint', {
        table,
        name,
        what: `adds a foreign key on ${listed} and checks every row while writes to both tables wait`,
        rewrite: inTwoSteps(text, constraint, table, name),
      });
      return;
    }
    case 'CONSTR_CHECK': {
      const column = notNullColumn(constraint.raw_expr);
      if (column !== null && constraint.conname !== undefined) history.notNullChecks.set(key, column);
      if (notValid) {
        state.notValid.add(key);
        return;
      }
      if (column !== null) history.provenNotNull.add(keyOf(table, column));
      const name = nameFor(constraint, table, [], 'check');
      report('constraint-missing-not-valid', {
        table,
        name,
        what: `adds the check ${quoteIdent(name)} and reads every row under the strongest lock`,
        rewrite: inTwoSteps(text, constraint, table, name),
      });
      return;
    }
    case 'CONSTR_UNIQUE':
    case 'CONSTR_PRIMARY':
    case 'CONSTR_EXCLUSION': {
      if (typeof constraint.indexname === 'string') return;
      const primary = constraint.contype === 'CONSTR_PRIMARY';
      const exclusion = constraint.contype === 'CONSTR_EXCLUSION';
      const name = nameFor(constraint, table, primary ? [] : columns, primary ? 'pkey' : 'key');
      report(primary ? 'adding-serial-primary-key-field' : 'disallowed-unique-constraint', {
        table,
        name,
        what: `adds ${primary ? 'a primary key' : exclusion ? 'an exclusion constraint' : 'a unique constraint'}${listed === '' ? '' : ` on ${listed}`} and builds its index under the strongest lock`,
        rewrite: columns.length === 0 ? null : uniqueByIndex(tableText(table), columns, name, primary),
      });
      return;
    }
  }
}

/** The column of `column is not null`; null for any other expression. */
function notNullColumn(expression: unknown): string | null {
  const test = (expression as { NullTest?: { nulltesttype?: string; arg?: { ColumnRef?: { fields?: unknown } } } })
    ?.NullTest;
  if (test?.nulltesttype !== 'IS_NOT_NULL') return null;
  const parts = namesIn(test.arg?.ColumnRef?.fields);
  return parts.length === 1 ? (parts[0] ?? null) : null;
}
