import { describe, expect, test } from 'vitest';
import { filterColumns, parseSelect } from '../../src/facts/repository/code/select-string.ts';

function columns(text: string): string[] | null {
  const parsed = parseSelect(text);
  return parsed === null ? null : parsed.columns.map(({ path, name }) => [...path, name].join('.'));
}

describe('select strings', () => {
  test.each([
    ['*', []],
    ['id, name', ['id', 'name']],
    ['full:first_name, created_at::date, ref:data->a->>b', ['first_name', 'created_at', 'data']],
    [
      'id,orders(id,items:order_items!inner(sku))',
      ['id', 'orders.*', 'orders.id', 'orders.order_items.*', 'orders.order_items.sku'],
    ],
    ['author:profiles!posts_author_fkey(name)', ['profiles.*', 'profiles.name']],
    ['...profiles(name)', ['profiles.*', 'profiles.name']],
    ['count, amount.sum(), total:amount.avg()::int', ['amount', 'amount']],
    ['lines(count), count()', ['lines.*']],
    ['"odd name", "Other"(*)', ['odd name', 'Other.*']],
    ['\n  id,\n  rel ( a, b )\n', ['id', 'rel.*', 'rel.a', 'rel.b']],
    ['price::numeric(10,2), id', ['price', 'id']],
  ])('%j', (text, expected) => {
    expect(columns(text)).toEqual(expected);
  });

  test.each(['id,,name', 'rel(', 'rel(a', 'a b', ')'])('%j does not follow the grammar', (text) => {
    expect(columns(text)).toBeNull();
  });

  test('aliases lead to the embedded resource', () => {
    expect([...(parseSelect('a:orders(b:items(id))')?.aliases ?? [])]).toEqual([
      ['a', 'orders'],
      ['orders.b', 'orders.items'],
    ]);
  });
});

test('columns of or filters', () => {
  const names = filterColumns('a.eq.1,and(b.gt.2,not.or(c.is.null,d.in.(1,2))),nonsense,e->>f.ilike.*x*').map(
    ({ name }) => name,
  );
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
});
