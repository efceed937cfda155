import { nameParts, parseStatements } from './sql.ts';

/** PostgreSQL's own names of types, as format_type gives them. */
const FORMATTED: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  varbit: 'bit varying',
};

/** The name of a type in a parse tree, as PostgreSQL writes it, without schema and length. */
export function typeWords(typeName: unknown): string {
  const { names, arrayBounds } = (typeName ?? {}) as { names?: unknown; arrayBounds?: unknown };
  const name = nameParts(names).at(-1) ?? '';
  return `${FORMATTED[name] ?? name}${Array.isArray(arrayBounds) ? '[]' : ''}`;
}

interface Parameter {
  mode?: string;
  argType?: unknown;
}

/** The types that tell functions of one name apart: those of a parse tree's input parameters, joined by `, `. */
export function inputTypes(parameters: unknown): string {
  return ((parameters ?? []) as { FunctionParameter?: Parameter }[])
    .flatMap(({ FunctionParameter: parameter }) =>
      parameter && parameter.mode !== 'FUNC_PARAM_OUT' && parameter.mode !== 'FUNC_PARAM_TABLE'
        ? [typeWords(parameter.argType)]
        : [],
    )
    .join(', ');
}

const remembered = new Map<string, string>();

/** `p_user uuid, OUT total numeric` → `uuid`: the types in a function's identity arguments; the text itself where it does not parse. */
export function argumentTypes(signature: string): string {
  const known = remembered.get(signature);
  if (known !== undefined) return known;
  const [node] = parseStatements(`create function f(${signature}) returns int language sql`) ?? [];
  const types = node && 'CreateFunctionStmt' in node ? inputTypes(node.CreateFunctionStmt.parameters) : signature;
  if (remembered.size > 10_000) remembered.clear();
  remembered.set(signature, types);
  return types;
}
