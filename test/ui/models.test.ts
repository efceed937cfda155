import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { loadSqlParser, scanSql } from '../../src/core/sql.ts';
import type { AuditView } from '../../src/engine/controller.ts';
import { cells, cut, pad, wrap } from '../../src/ui/cells.ts';
import { contextOf } from '../../src/ui/control/context.ts';
import { InkStream, rowsAt } from '../../src/ui/ink-stream.ts';
import { type InkKey, InputReader } from '../../src/ui/input.ts';
import { BINDINGS, bindingOf, keysMarkdown } from '../../src/ui/keys.ts';
import { chooseMode } from '../../src/ui/mode.ts';
import { checkpointList, cursorKey, NO_FILTER } from '../../src/ui/model/checkpoint.ts';
import { footerLine } from '../../src/ui/model/footer.ts';
import { type Field, type FormState, formKey, startForm } from '../../src/ui/model/form.ts';
import { headerLines } from '../../src/ui/model/header.ts';
import { between, clip, lineWidth, span, textOf } from '../../src/ui/model/line.ts';
import { moved, windowOf } from '../../src/ui/model/list.ts';
import { findCheckpoint } from '../../src/ui/model/lookup.ts';
import { progressLine, remaining, runWords, summaryText } from '../../src/ui/model/progress.ts';
import { sqlLines } from '../../src/ui/model/sql.ts';
import { colourWanted } from '../../src/ui/theme.ts';
import { flawed, MemoryController } from './memory-controller.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('表格', '👍🏽', 'e\u0301', 'مرحبا', '𝅘𝅥𝅮', 'ascii only'),
);

describe('text in cells', () => {
  test('cut, pad and wrap never exceed the width, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const clean = span(text).text;
        expect(stringWidth(cut(clean, width))).toBeLessThanOrEqual(width);
        expect(cells(pad(clean, width))).toBe(width);
        for (const line of wrap(clean, width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('a line is clipped to the width and says so', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 5 }), fc.integer({ min: 4, max: 60 }), (parts, width) => {
        const line = parts.map((part) => span(part));
        expect(lineWidth(clip(line, width))).toBeLessThanOrEqual(width);
        expect(lineWidth(between(line, [span('end')], width))).toBeLessThanOrEqual(width);
        if (lineWidth(line) > width) expect(textOf(clip(line, width))).toMatch(/…$/);
      }),
    );
  });

  test('control characters never reach the terminal', () => {
    expect(textOf([span('a\u001B[31mb\u202Ec\nd')])).toBe('a\\x1b[31mb\\u202ec\\nd');
  });

  test('SQL keeps every character, coloured by PostgreSQL’s own lexer', async () => {
    await loadSqlParser();
    const sql = "alter table public.\"表\" add check (name <> 'it''s'); -- why\nselect 12;";
    const lines = sqlLines(sql, 200, scanSql);
    expect(lines.map(textOf).join('\n')).toBe(sql);
    const tones = new Map(lines.flat().map((part) => [part.text, part.tone]));
    expect(tones.get('alter')).toBe('accent');
    expect(tones.get("'it''s'")).toBe('ok');
    expect(tones.get('-- why')).toBe('muted');
    expect(tones.get('12')).toBe('literal');
    expect(sqlLines("select 'open", 80, scanSql).map(textOf)).toEqual(["select 'open"]);
    for (const line of sqlLines(sql, 30, scanSql, 3)) expect(lineWidth(line)).toBeLessThanOrEqual(30);
  });
});

describe('lists', () => {
  test('the window always holds the cursor and never more lines than there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 4, max: 40 }),
        (count, cursor, top, height) => {
          const lines = (index: number) => (index === cursor ? 3 : 1);
          const { from, to } = windowOf(count, cursor, top, height, lines);
          const at = Math.min(cursor, count - 1);
          expect(at).toBeGreaterThanOrEqual(from);
          expect(at).toBeLessThan(to);
          let used = 0;
          for (let index = from; index < to; index++) used += lines(index);
          expect(used).toBeLessThanOrEqual(height);
        },
      ),
    );
  });

  test('the cursor stops at both ends', () => {
    const keys = ['a', 'b', 'c'];
    expect(moved(keys, 'a', -1)).toBe('a');
    expect(moved(keys, 'a', Number.POSITIVE_INFINITY)).toBe('c');
    expect(moved(keys, 'gone', 1)).toBe('a');
    expect(moved([], null, 1)).toBeNull();
  });

  test('a row that is gone leaves the cursor at its neighbour', async () => {
    const controller = new MemoryController({ answers: flawed() });
    await controller.run({ selectors: [] });
    const found = findCheckpoint(controller.view(), '2.2');
    if (!found) throw new Error('no 2.2');
    const list = checkpointList(found, NO_FILTER);
    expect(cursorKey(list, { cursor: null, at: 0 })).toContain('finding:production:');
    expect(cursorKey(list, { cursor: 'finding:production:gone', at: 1 })).toBe(list.keys[1]);
    expect(cursorKey(list, { cursor: 'finding:production:gone', at: 99 })).toBe(list.keys.at(-1));
  });
});

describe('keys', () => {
  test('no key means two things on one screen, and every binding is described', () => {
    for (const screen of new Set(BINDINGS.flatMap((one) => one.screens))) {
      const keys = BINDINGS.filter((one) => one.screens.includes(screen)).flatMap((one) => one.keys);
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    }
    for (const one of BINDINGS) expect(one.description).toMatch(/^[A-Z].*\.$/);
    expect(keysMarkdown().split('\n')).toHaveLength(BINDINGS.length + 2);
    expect(bindingOf('checkpoint', 'j')?.id).toBe('down');
  });

  test('the footer keeps help and quit at every width', () => {
    const context = contextOf(new MemoryController(), {
      kind: 'overview',
      cursor: 'checkpoint:1.1',
      at: 0,
      expanded: [1],
    });
    for (let width = 40; width <= 160; width++) {
      const line = footerLine(context, width);
      expect(lineWidth(line)).toBeLessThanOrEqual(width);
      expect(textOf(line)).toContain('? help');
      expect(textOf(line)).toContain('q save, quit');
    }
  });

  const plain = (): InkKey => ({
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageDown: false,
    pageUp: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    ctrl: false,
    shift: false,
    tab: false,
    backspace: false,
    delete: false,
    meta: false,
  });

  test('characters that arrive together are single keys; a paste is one event; Ctrl-C gets through a paste', () => {
    const reader = new InputReader();
    expect(reader.read('jk\r', plain()).map(({ key }) => key)).toEqual(['j', 'k', 'enter']);
    expect(reader.read('[200~', plain())).toEqual([]);
    expect(reader.read('q\rx', plain())).toEqual([]);
    expect(reader.read('[201~', plain())).toEqual([{ key: 'paste', text: 'q\rx' }]);
    reader.read('[200~', plain());
    expect(reader.read('c', { ...plain(), ctrl: true })).toEqual([{ key: 'ctrl-c', text: null }]);
    expect(reader.read('b', { ...plain(), meta: true }).map(({ key }) => key)).toEqual(['escape', 'b']);
  });
});

describe('forms', () => {
  const fields: Field[] = [
    { kind: 'choice', id: 'status', label: 'Holds?', choices: [{ key: 'y', value: 'passed', label: 'yes' }] },
    { kind: 'text', id: 'note', label: 'Note', validate: (value) => (value === '' ? 'needed' : null) },
  ];
  const type = (state: FormState, ...keys: string[]) => {
    let now = { state, outcome: { kind: 'editing' as string } };
    for (const key of keys) now = formKey(now.state, fields, { key, text: key.length === 1 ? key : null });
    return now;
  };

  test('Enter never chooses, never records; only y on the confirmation does', () => {
    let now = type(startForm(fields), 'enter', 'enter');
    expect(now.state).toMatchObject({ at: 0, error: 'choose y' });
    now = type(now.state, 'y', 'enter');
    expect(now.state).toMatchObject({ at: 1, error: 'needed' });
    now = type(now.state, 'o', 'k', 'enter', 'enter', 'enter', 'n');
    expect(now.outcome.kind).toBe('editing');
    expect(type(now.state, 'y').outcome.kind).toBe('submitted');
  });

  test('a text field is edited by grapheme and word', () => {
    let { state } = type(startForm(fields), 'y', 'a', 'b', ' ', 'c', 'left', 'backspace', 'X');
    expect(state.values.note).toBe('abXc');
    state = formKey(state, fields, { key: 'paste', text: '👍🏽\nrest' }).state;
    expect(state.values.note).toBe('abX👍🏽 restc');
    expect(type(state, 'ctrl-w').state.values.note).toBe('abX👍🏽 c');
    expect(type(state, 'home', 'ctrl-k').state.values.note).toBe('');
    expect(type(state, 'escape').outcome.kind).toBe('cancelled');
  });
});

describe('progress', () => {
  const progress = (done: number) => ({
    phase: 'collect' as const,
    environment: 'production',
    facet: 'relations',
    done,
    total: 40,
    startedAt: 0,
  });

  test('says how much longer once that can be known', () => {
    expect(remaining(progress(1), 5_000)).toBeNull();
    expect(remaining(progress(10), 1_000)).toBeNull();
    expect(remaining(progress(10), 5_000)).toBe(15_000);
    const running = { label: '2.2', startedAt: 0, now: 5_000, progress: progress(10), cancelling: false };
    const text = textOf(progressLine(running, 100, false));
    expect(text).toContain('2.2: collecting 10/40 relations');
    expect(text).toContain('5 s, about 15.0 s left   Ctrl-C cancels');
    expect(lineWidth(progressLine(running, 40, true))).toBeLessThanOrEqual(40);
  });

  test('a run says what changed', () => {
    const summary = { fixed: ['a', 'b'], appeared: ['c'], collected: ['x'], ms: 1_200, problems: [] };
    expect(summaryText(summary, 0)).toBe('2 fixed, 1 new; collected 1 fact group in 1.2 s');
    expect(summaryText({ ...summary, fixed: [], appeared: [] }, 0)).toContain('nothing changed');
    expect(summaryText({ ...summary, fixed: [], appeared: [] }, 3)).toContain('3 checks run for the first time');
  });

  test('a run that replayed says what was stood in for, another does not', () => {
    const view = {
      standIns: { production: ['pg_cron'] },
      state: { environments: [{ name: 'production' }] },
    } as unknown as AuditView;
    const summary = { fixed: [], appeared: [], collected: ['repoFiles'], ms: 90, problems: ['It broke'] };
    expect(runWords(summary, 0, view)).toMatch(/^nothing changed; collected 1 fact group in [^.]+\. It broke$/);
    expect(runWords({ ...summary, collected: ['replay'] }, 0, view)).toMatch(
      /\. It broke\. In the replay .*: pg_cron$/,
    );
  });
});

describe('the terminal', () => {
  const tty = { inputIsTty: true, outputIsTty: true, columns: 80, rows: 24, env: {}, asked: false };

  test('screens where they can be drawn, lines where not, refusal without a terminal', () => {
    expect(chooseMode(tty)).toBe('ink');
    expect(chooseMode({ ...tty, asked: true })).toBe('plain');
    expect(chooseMode({ ...tty, env: { INK_SCREEN_READER: 'true' } })).toBe('plain');
    expect(chooseMode({ ...tty, env: { TERM: 'dumb' } })).toBe('plain');
    expect(chooseMode({ ...tty, columns: 39 })).toBe('plain');
    expect(chooseMode({ ...tty, rows: 11 })).toBe('plain');
    for (const missing of [{ inputIsTty: false }, { outputIsTty: false }]) {
      expect(() => chooseMode({ ...tty, ...missing })).toThrow(UserError);
    }
  });

  test('NO_COLOR and FORCE_COLOR', () => {
    expect(colourWanted({})).toBe(true);
    expect(colourWanted({ NO_COLOR: '1' })).toBe(false);
    expect(colourWanted({ NO_COLOR: '' })).toBe(true);
    expect(colourWanted({ NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(true);
    expect(colourWanted({ FORCE_COLOR: '0' })).toBe(false);
  });

  test('Ink never gets to wipe the scrollback; after a resize the reflowed frame is erased whole', () => {
    const written: string[] = [];
    const out = { columns: 10, writable: true, writableLength: 0, write: (text: string) => written.push(text) > 0 };
    const stream = new InkStream(out as unknown as NodeJS.WriteStream);
    stream.write('\u001B[2J\u001B[3J\u001B[Hx\n');
    expect(written.join('')).not.toContain('\u001B[3J');
    stream.write(`${'a'.repeat(10)}\nb\n`);
    expect(rowsAt(`${'a'.repeat(10)}\nb\n`, 4)).toBe(5);
    out.columns = 4;
    stream.reflow();
    stream.write('\u001B[2K\u001B[1A\u001B[2K\u001B[1A\u001B[2K\u001B[Gnew\n');
    expect(written.at(-1)?.split('\u001B[1A')).toHaveLength(5);
    expect(written.at(-1)).toMatch(/new\n$/);
  });

  test('the header fits from 40 to 160 columns', () => {
    const view = new MemoryController().view();
    for (let width = 40; width <= 160; width++) {
      for (const line of headerLines(view, 2, width)) expect(lineWidth(line)).toBeLessThanOrEqual(width);
      expect(textOf(headerLines(view, 2, width)[0] ?? [])).toContain('Harbor');
    }
  });
});
