import type pg from 'pg';
import type { PlpgsqlText } from '../../../core/plpgsql.ts';
import { type Node, nameParts, parseStatements, scanSql, walk } from '../../../core/sql.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { stateOf } from '../copy-session.ts';
import type { ListedFunction } from './list.ts';

/*
 * The statements inside a PL/pgSQL body, analysed by PostgreSQL: each becomes the body of an SQL function whose parameters
 * are the variables it uses, so that names mean what they would mean where it stands. Nothing is executed. Records get the
 * columns of the query that fills them; one that cannot be known stands as NULL, and then only what is certain counts.
 */

export interface StatementIssue {
  table: [string, string] | null;
  line: number;
  sqlstate: string;
  message: string;
}

/** Type of a variable: written out, or the columns of a query; null when it cannot be known. */
type VariableType = { sql: string; columns: ReadonlySet<string> | null } | null;

/** Types that were looked up before, for all functions of one database. */
export type KnownTypes = Map<string, VariableType>;

interface Analysed {
  issues: StatementIssue[];
  statements: number;
}

const CHECKED = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CallStmt',
  'CreateTableAsStmt',
]);
/** What stays true with NULL in place of a value. */
const CERTAIN = new Set(['42P01', '3F000', '42703']);
/** Errors of PostgreSQL's analysis that a running function would meet too. */
const ANALYSIS = /^(42|3F000|22P02|22007|22008|428C9)/;
/** Too many or too odd for an SQL function, and nothing against the statement. */
const OURS = new Set(['42P13', '42723', '54023', '42P18', '42809']);
const MAX_PARAMETERS = 90;

interface Use {
  parts: string[];
  /** Byte offset in the text. */
  location: number;
}

function usesIn(nodes: readonly Node[]): Use[] {
  const uses: Use[] = [];
  walk(nodes, (type, node) => {
    if (type === 'ColumnRef')
      uses.push({ parts: nameParts(node.fields), location: typeof node.location === 'number' ? node.location : 0 });
    return undefined;
  });
  return uses;
}

/** Replaces each use by SQL, with the dotted rest of the name where `whole`. */
function replaced(sql: string, uses: readonly Use[], by: (use: Use) => { sql: string; whole: boolean } | null): string {
  const bytes = Buffer.from(sql, 'utf8');
  const tokens = scanSql(sql) ?? [];
  let out = sql;
  for (const use of uses.toSorted((a, b) => b.location - a.location)) {
    const instead = by(use);
    if (!instead) continue;
    const start = bytes.subarray(0, use.location).toString('utf8').length;
    let at = tokens.findIndex((token) => token.start === start);
    if (at === -1) continue;
    let end = tokens[at]?.end ?? start;
    while (instead.whole && tokens[at + 1] && sql.slice(tokens[at + 1]?.start, tokens[at + 1]?.end) === '.') {
      at += 2;
      end = tokens[at]?.end ?? end;
    }
    out = out.slice(0, start) + instead.sql + out.slice(end);
  }
  return out;
}

class Analysis {
  readonly #client: pg.Client;
  readonly #fn: ListedFunction;
  readonly #known: KnownTypes;
  readonly #table: ListedFunction['tables'][number] | null;
  readonly #types = new Map<string, VariableType>();
  readonly #issues = new Map<string, StatementIssue>();
  #statements = 0;
  #records = 0;

  constructor(
    client: pg.Client,
    fn: ListedFunction,
    table: ListedFunction['tables'][number] | null,
    known: KnownTypes,
  ) {
    this.#known = known;
    this.#client = client;
    this.#fn = fn;
    this.#table = table;
  }

  async run(): Promise<Analysed> {
    const { body } = this.#fn;
    if (!body) return { issues: [], statements: 0 };
    await this.#declare();
    if (this.#table) await this.#transitionTables(this.#table);
    for (const text of body.texts) await this.#check(text);
    return { issues: [...this.#issues.values()], statements: this.#statements };
  }

  /** Types of parameters and variables. A name that stands for two things stands for neither. */
  async #declare(): Promise<void> {
    const { parameters, body } = this.#fn;
    const set = (name: string, type: VariableType) => {
      const known = this.#types.get(name);
      const same = known !== undefined && known?.sql === type?.sql;
      this.#types.set(name, known === undefined || same ? type : null);
    };
    for (const { name, type, pseudo } of parameters)
      if (name !== '') set(name, pseudo ? null : await this.#written(type));
    const own = new Set(parameters.map(({ name }) => name));
    const filled = new Map<string, number>();
    for (const { record } of body?.texts ?? []) if (record) filled.set(record, (filled.get(record) ?? 0) + 1);
    for (const { name, type } of body?.variables ?? []) {
      if (own.has(name) || name.startsWith('(')) continue;
      // What CASE compares with is a variable of PL/pgSQL's own, whose type it finds out when it runs.
      if (name.startsWith('__Case__Variable')) {
        this.#types.set(name.toLowerCase(), null);
        this.#types.set(name, null);
        continue;
      }
      if (name === 'new' || name === 'old') {
        set(name, this.#table ? await this.#written(qualified(this.#table.schema, this.#table.table)) : null);
      } else set(name, type === null || type.toLowerCase() === 'record' ? null : await this.#written(type));
    }
    for (const [name, of] of body?.aliases ?? []) {
      const parameter = parameters[Number(/^\$(\d+)$/.exec(of)?.[1] ?? 0) - 1];
      set(
        name,
        this.#types.get(parameter?.name || of) ??
          (parameter && !parameter.pseudo ? await this.#written(parameter.type) : null),
      );
    }
    // Untyped records wait for the one query that fills them.
    for (const name of body?.opaque ?? []) if ((this.#types.get(name)?.sql ?? '') === '') this.#types.set(name, null);
    for (const [name, times] of filled) if (times > 1 && !this.#types.get(name)) this.#unknowable.add(name);
    for (const name of body?.opaque ?? []) this.#unknowable.add(name);
  }
  readonly #unknowable = new Set<string>();

  /** A type as it is written in the body; with its columns when it is a row's. Null when PostgreSQL does not know it. */
  async #written(type: string): Promise<VariableType> {
    const key = `${this.#fn.searchPath}\u0000${type}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = await this.#lookUp(type);
    this.#known.set(key, answer);
    return answer;
  }

  async #lookUp(type: string): Promise<VariableType> {
    const found = await this.#try(async () => {
      const { rows } = await this.#client
        .query<{ column: string | null }>(
          `create function pg_temp.supaready_type(v ${type}) returns void language sql as ''; `.concat(
            `select a.attname as column from pg_catalog.pg_proc p join pg_catalog.pg_type t on t.oid = p.proargtypes[0]
           left join pg_catalog.pg_attribute a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
           where p.proname = 'supaready_type' and p.pronamespace = pg_catalog.pg_my_temp_schema() and t.typtype <> 'p'`,
          ),
        )
        .then(
          (results) => (Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult<{ column: string | null }>,
        );
      return rows;
    });
    if (!Array.isArray(found) || found.length === 0) return null;
    const columns = found.flatMap(({ column }) => column ?? []);
    return { sql: type, columns: columns.length > 0 ? new Set(columns) : null };
  }

  /** Runs in a savepoint that is always rolled back; an error of PostgreSQL's comes back as such. */
  async #try<T>(work: () => Promise<T>): Promise<T | pg.DatabaseError> {
    await this.#client.query('savepoint analysis');
    try {
      return await work();
    } catch (error) {
      stateOf(error);
      return error as pg.DatabaseError;
    } finally {
      await this.#client.query('rollback to savepoint analysis; release savepoint analysis');
    }
  }

  async #transitionTables({ schema, table, oldTable, newTable }: ListedFunction['tables'][number]): Promise<void> {
    for (const name of [oldTable, newTable]) {
      if (name !== null)
        await this.#client.query(`create temp table ${quoteIdent(name)} (like ${qualified(schema, table)})`);
    }
  }

  #report(text: PlpgsqlText, sqlstate: string, message: string): void {
    const { tables } = this.#fn;
    const table: [string, string] | null =
      this.#table && (tables.length > 1 || /"(new|old)"/.test(message))
        ? [this.#table.schema, this.#table.table]
        : null;
    const key = `${sqlstate} ${message}`;
    if (!this.#issues.has(key)) this.#issues.set(key, { table, line: text.line, sqlstate, message });
  }

  async #check(text: PlpgsqlText): Promise<void> {
    if (text.field) this.#checkField(text, text.field);
    const sql = text.kind === 'statement' ? text.sql : `select ${text.sql}`;
    const nodes = parseStatements(sql);
    const kind = nodes?.length === 1 ? Object.keys(nodes[0] ?? {})[0] : undefined;
    if (!nodes || kind === undefined || !CHECKED.has(kind)) return this.#learn(text, null, []);
    const uses = usesIn(nodes);
    const opaque = uses.filter(({ parts }) => this.#isOpaque(parts));
    const known = replaced(sql, opaque, () => ({ sql: 'null', whole: true }));
    const error = await this.#create(known, uses);
    this.#statements++;
    if (error) this.#judge(text, uses, error, opaque.length > 0);
    else if (kind === 'InsertStmt') await this.#arbiter(text, nodes, known);
    if (error) return;
    await this.#learn(text, known, uses);
    if (text.within === 'return_query' && text.kind === 'statement' && kind === 'SelectStmt' && opaque.length === 0)
      await this.#returned(text, known, uses);
  }

  #isOpaque(parts: readonly string[]): boolean {
    const [first = '', second = ''] = parts;
    if (first === this.#fn.name && parts.length > 1 && this.#types.has(second)) return this.#types.get(second) === null;
    return this.#types.has(first) && this.#types.get(first) === null;
  }

  /** The parameters a text needs: the function's own first, so that $1 means what it did. */
  #parameters(uses: readonly Use[]): string[] | null {
    const used = new Set(uses.flatMap(({ parts }) => parts));
    const own = this.#fn.parameters.map(({ name, type, pseudo }) => {
      const known = name === '' || this.#types.get(name);
      return `${name === '' ? '' : `${quoteIdent(name)} `}${pseudo || !known ? 'text' : type}`;
    });
    const names = new Set(this.#fn.parameters.map(({ name }) => name));
    const locals = [...this.#types].flatMap(([name, type]) =>
      type !== null && used.has(name) && !names.has(name) ? [`${quoteIdent(name)} ${type.sql}`] : [],
    );
    const all = [...own, ...locals];
    return all.length > MAX_PARAMETERS ? null : all;
  }

  async #create(sql: string, uses: readonly Use[]): Promise<pg.DatabaseError | null> {
    const parameters = this.#parameters(uses);
    if (parameters === null) return null;
    const create = `create function pg_temp.${quoteIdent(this.#fn.name)}(${parameters.join(', ')}) returns void language sql as ${quoteLiteral(sql)}`;
    const result = await this.#try(() => this.#client.query(create));
    return result instanceof Error ? result : null;
  }

  #judge(text: PlpgsqlText, uses: readonly Use[], { code = '', message }: pg.DatabaseError, guessed: boolean): void {
    if (!ANALYSIS.test(code) || OURS.has(code)) return;
    const missing = /^missing FROM-clause entry for table "(.+)"$/.exec(message)?.[1];
    if (missing !== undefined) {
      if (this.#fn.body?.labels.includes(missing) || missing === this.#fn.name) return;
      const type = this.#types.get(missing);
      if (type === null) return;
      if (type !== undefined) {
        const field = uses.find(
          ({ parts }) => parts[0] === missing && parts[1] !== '*' && !type.columns?.has(parts[1] ?? ''),
        );
        if (field && type.columns) this.#report(text, '42703', `record "${missing}" has no field "${field.parts[1]}"`);
        return;
      }
    }
    if (guessed && !CERTAIN.has(code)) return;
    this.#report(text, code, message);
  }

  #checkField(text: PlpgsqlText, [record, field]: [string, string]): void {
    const columns = this.#types.get(record)?.columns;
    if (columns && !columns.has(field)) this.#report(text, '42703', `record "${record}" has no field "${field}"`);
  }

  /** ON CONFLICT is matched with a unique index only when the statement is planned. */
  async #arbiter(text: PlpgsqlText, nodes: readonly Node[], sql: string): Promise<void> {
    const [node] = nodes;
    const infer = node && 'InsertStmt' in node ? node.InsertStmt.onConflictClause?.infer : undefined;
    if (!infer) return;
    const typed = replaced(sql, usesIn(parseStatements(sql) ?? []), ({ parts }) => {
      const [first = '', second = ''] = parts;
      const type = this.#types.get(first);
      if (type) return { sql: `(null::${type.sql})`, whole: false };
      const qualifiedType = first === this.#fn.name ? this.#types.get(second) : undefined;
      return qualifiedType ? { sql: `(null::${qualifiedType.sql})`, whole: true } : null;
    });
    const result = await this.#try(() => this.#client.query(`explain ${typed}`));
    if (result instanceof Error && (result as pg.DatabaseError).code === '42P10')
      this.#report(text, '42P10', result.message);
  }

  /** The query with its variables as relations beside it, so that PostgreSQL tells its columns. Null when it cannot. */
  async #describe(sql: string, uses: readonly Use[]): Promise<pg.FieldDef[] | null> {
    const used = new Set(uses.flatMap(({ parts }) => parts));
    const scalars: string[] = [];
    const sources: string[] = [];
    for (const [name, type] of this.#types) {
      if (!type || !used.has(name)) continue;
      if (type.columns) sources.push(`(select (null::${type.sql}).*) as ${quoteIdent(name)}`);
      else scalars.push(`null::${type.sql} as ${quoteIdent(name)}`);
    }
    if (scalars.length > 0) sources.unshift(`(select ${scalars.join(', ')}) as ${quoteIdent(this.#fn.name)}`);
    // A row as a whole would be taken for an anonymous record.
    const whole = usesIn(parseStatements(sql) ?? []).filter(({ parts }) => parts.length === 1);
    const typed = replaced(sql, whole, ({ parts }) => {
      const type = this.#types.get(parts[0] ?? '');
      return type?.columns ? { sql: `(null::${type.sql})`, whole: true } : null;
    });
    const from = [...sources, `lateral (${typed.replace(/;\s*$/, '')}\n) as supaready_query`].join(', ');
    const result = await this.#try(() => this.#client.query(`select supaready_query.* from ${from} limit 0`));
    return result instanceof Error ? null : result.fields;
  }

  /** What a query tells about the record it fills. */
  async #learn(text: PlpgsqlText, sql: string | null, uses: readonly Use[]): Promise<void> {
    const { record } = text;
    if (record === null || !this.#types.has(record) || this.#types.get(record) !== null || this.#unknowable.has(record))
      return;
    const fields = sql === null ? null : await this.#describe(sql, uses);
    if (!fields || new Set(fields.map(({ name }) => name)).size !== fields.length) return;
    const type = `pg_temp.supaready_record_${++this.#records}`;
    const { rows } = await this.#client.query<{ name: string }>(
      `select case when t.typtype = 'p' then 'text' else pg_catalog.format_type(t.oid, null) end as name
       from unnest($1::oid[]) with ordinality x (oid, place) join pg_catalog.pg_type t on t.oid = x.oid order by x.place`,
      [fields.map(({ dataTypeID }) => dataTypeID)],
    );
    const columns = fields.map(({ name }, at) => `${quoteIdent(name)} ${rows[at]?.name ?? 'text'}`).join(', ');
    await this.#client.query('savepoint record_type');
    try {
      await this.#client.query(`create type ${type} as (${columns})`);
      this.#types.set(record, { sql: type, columns: new Set(fields.map(({ name }) => name)) });
    } catch (error) {
      stateOf(error);
      await this.#client.query('rollback to savepoint record_type');
    }
    await this.#client.query('release savepoint record_type');
  }

  /** RETURN QUERY converts nothing: number and types of columns must be those declared. */
  async #returned(text: PlpgsqlText, sql: string, uses: readonly Use[]): Promise<void> {
    const declared = this.#fn.parameters.filter(({ mode }) => mode === 't' || mode === 'o' || mode === 'b');
    const expected =
      declared.length > 0
        ? declared.map(({ oid, pseudo }) => ({ oid: pseudo ? null : oid, typmod: -1 }))
        : this.#fn.resultColumns;
    if (!expected || !this.#fn.returnsSet) return;
    const fields = await this.#describe(sql, uses);
    if (!fields) return;
    if (fields.length !== expected.length) {
      this.#report(
        text,
        '42804',
        `structure of query does not match function result type: ${fields.length} instead of ${expected.length} columns`,
      );
      return;
    }
    const wrong = fields.findIndex((field, at) => {
      const { oid, typmod } = expected[at] ?? { oid: null, typmod: -1 };
      return oid !== null && (String(field.dataTypeID) !== oid || (typmod >= 0 && field.dataTypeModifier !== typmod));
    });
    if (wrong === -1) return;
    const { rows } = await this.#client.query<{ found: string; wanted: string }>(
      'select pg_catalog.format_type($1, $2) as found, pg_catalog.format_type($3::oid, $4) as wanted',
      [fields[wrong]?.dataTypeID, fields[wrong]?.dataTypeModifier, expected[wrong]?.oid, expected[wrong]?.typmod],
    );
    const message = `structure of query does not match function result type: column ${wrong + 1} is ${rows[0]?.found} instead of ${rows[0]?.wanted}`;
    this.#report(text, '42804', message);
  }
}

/**
 * Analyses a PL/pgSQL function as the trigger of `table`, or as it is. The caller has set search_path to the function's and
 * rolls back afterwards (types and temporary tables are made).
 */
export function analyseStatements(
  client: pg.Client,
  fn: ListedFunction,
  table: ListedFunction['tables'][number] | null,
  known: KnownTypes,
): Promise<Analysed> {
  return new Analysis(client, fn, table, known).run();
}
