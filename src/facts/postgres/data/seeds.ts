import type { Facts } from '../../../core/facts.ts';
import { parseScript } from '../../../core/sql.ts';
import { qualified } from '../../../core/text.ts';
import { type Outcome, type Scan, seen } from './scan.ts';

/** Counts the rows that the project declares it needs (`declared.seed`), each with its condition. The SQL parser must be loaded. */
export async function countSeeds({ ask, plan, options }: Scan): Promise<Outcome<'seedCounts'>> {
  const known = new Set(plan.relations.map(({ schema, name }) => `${schema}\0${name}`));
  const facts: Facts['seedCounts'] = [];
  for (const { table, where, min } of options.declared?.seed ?? []) {
    const named = relationOf(table);
    const row = { table, relation: named, where, min, count: null, error: null };
    if (!known.has(`${named.schema}\0${named.name}`)) facts.push(row);
    else if (where !== null && !isCondition(where))
      facts.push({ ...row, error: 'the condition (where) in supaready.config.json is not one SQL expression' });
    else {
      const condition = where === null ? '' : ` where (${where}\n)`;
      const answer = await ask<{ count: string }>(
        `select count(*)::text as count from ${qualified(named.schema, named.name)}${condition}`,
      );
      if ('error' in answer) facts.push({ ...row, error: answer.error });
      else facts.push({ ...row, count: Number(answer.rows[0]?.count) });
    }
    options.onProgress?.(`required rows of ${table}`, facts.length, options.declared?.seed.length ?? 0);
  }
  return seen(facts);
}

/** Schema and name as SQL would read them, quoted or not; in `public` unless said. */
export function relationOf(text: string): { schema: string; name: string } {
  const [first, ...others] = parseScript(`table ${text}`).statements;
  const select = first && 'SelectStmt' in first.node ? first.node.SelectStmt : undefined;
  const from = others.length === 0 ? select?.fromClause : undefined;
  const [range] = from ?? [];
  if (from?.length === 1 && range && 'RangeVar' in range && range.RangeVar.relname)
    return { schema: range.RangeVar.schemaname ?? 'public', name: range.RangeVar.relname };
  const [schema = '', name] = text.split('.');
  return name === undefined ? { schema: 'public', name: schema } : { schema, name };
}

/** What a statement `select where (…)` has when the parentheses hold one expression and nothing else. */
const PLAIN = new Set(['whereClause', 'limitOption', 'op', 'groupDistinct', 'all']);

/** Whether a text is one boolean SQL expression that closes no parenthesis of ours and begins no other clause or statement. */
export function isCondition(text: string): boolean {
  const { statements, error } = parseScript(`select where (${text}\n)`);
  const [only, ...others] = statements;
  if (error || !only || others.length > 0 || !('SelectStmt' in only.node)) return false;
  const { SelectStmt: select } = only.node;
  return (
    select.whereClause !== undefined &&
    (select.op === undefined || select.op === 'SETOP_NONE') &&
    Object.keys(select).every((key) => PLAIN.has(key))
  );
}
