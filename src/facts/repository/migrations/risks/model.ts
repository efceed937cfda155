import type { Facts } from '../../../../core/facts.ts';
import type { Node } from '../../../../core/sql.ts';
import type { MigrationTool } from '../discover.ts';

export type Risks = Facts['migrationRisks'];
export type Risk = Risks['risks'][number];
export type RiskRule = Risk['rule'];

export interface RangeVar {
  schemaname?: string;
  relname?: string;
}

/** A node's fields, read loosely: the parser's own types name hundreds of node kinds. */
export type Fields = Readonly<Record<string, unknown>>;

/** A table as a statement names it, its schema filled in from the search_path. */
export interface TableName {
  schema: string;
  name: string;
}

/** A statement under judgement. */
export interface Judged {
  node: Node;
  /** Source text; '' inside a DO block. */
  text: string;
  line: number;
}

/** What is known of the file while it is read, statement by statement. */
export interface FileState {
  path: string;
  tool: MigrationTool;
  /** The tool, or the file itself, runs it in one transaction. */
  inTransaction: boolean;
  /** BEGIN of the file's own is open. */
  ownTransaction: boolean;
  /** First schema of the search_path. */
  schema: string;
  lockTimeout: boolean;
  statementTimeout: boolean;
  /** Constraints added NOT VALID in this file, as `schema.table.name`. */
  notValid: Set<string>;
  /** Tables for which the missing time limit was already said. */
  unlimited: Set<string>;
  /** Statements of the file. */
  statements: number;
}

/** What is known over the whole history. */
export interface History {
  /** Checks `column is not null`, as `schema.table.name` → column. */
  notNullChecks: Map<string, string>;
  /** Columns that a validated check proves to be not null, as `schema.table.column`. */
  provenNotNull: Set<string>;
  out: Risks;
}

export function tableOf(relation: unknown, state: FileState): TableName {
  const { schemaname, relname } = (relation ?? {}) as RangeVar;
  return { schema: schemaname ?? state.schema, name: relname ?? '' };
}

export function keyOf(table: TableName, name?: string): string {
  return [table.schema, table.name, name ?? ''].join('\u0000');
}

/** What a rule says beside its place. */
export interface Said {
  table?: TableName;
  name?: string | null;
  what: string;
  asked?: string | null;
  rewrite?: string | null;
}

export type Report = (rule: RiskRule, said: Said) => void;
