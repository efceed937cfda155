import { describe, expect, it } from 'vitest';
import { splitSql } from '../../src/facts/shadow/split-sql.ts';

const texts = (script: string) => [...splitSql(script)].map(({ text }) => text);

describe('splitSql', () => {
  it('cuts at semicolons and counts lines', () => {
    expect([...splitSql('-- first\nselect 1;\n\n  select\n 2 ; ;\nselect 3')]).toEqual([
      { text: 'select 1', line: 2 },
      { text: 'select\n 2', line: 4 },
      { text: 'select 3', line: 6 },
    ]);
  });

  it.each([
    [`select 'a;b', "c;d", 'it''s;'`],
    [`select E'a\\';b'`],
    ['select $$a;b$$, $x$a;$$;b$x$, $1'],
    ['select 1 /* a; /* b; */ c; */ + 2 -- d;\n + 3'],
    ['create rule r as on insert to t do also (select 1; select 2)'],
    [`create function f() returns int begin atomic select case when true then 1 else 2 end; select 2; end`],
    [`create or replace procedure f() language sql begin atomic insert into t values (1); end`],
    ['select a$b$c, name$ from t'],
    ["select U&\"d\\0061t;a\", N'x;', x.e'f'"],
  ])('does not cut inside %s', (statement) => {
    expect(texts(`${statement};\nselect 1`)).toEqual([statement, 'select 1']);
  });

  it('gives nothing for comments alone', () => {
    expect(texts('-- nothing;\n/* at all; */')).toEqual([]);
  });

  it('takes an end that is missing as the end of the file', () => {
    expect(texts(`select 'open; select 2`)).toEqual([`select 'open; select 2`]);
    expect(texts('select $$open; select 2')).toEqual(['select $$open; select 2']);
  });

  it('is linear: 20 MB of inserts in seconds', () => {
    const script = `insert into t values (1, 'some text; with a semicolon');\n`.repeat(350_000);
    const started = performance.now();
    let count = 0;
    let last = 0;
    for (const { line } of splitSql(script)) {
      count++;
      last = line;
    }
    expect([count, last]).toEqual([350_000, 350_000]);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
