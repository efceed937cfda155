import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from './program.ts';
import { HAS_TMUX, openTerminal, type Terminal } from './tmux.ts';

let program: { path: string; remove(): void };
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

/** Starts the program in a shell. */
function start(terminal: Terminal, ...flags: string[]): void {
  terminal.keys(`${process.execPath} ${program.path} ${flags.join(' ')}`, 'Enter');
}

async function expectClean(terminal: Terminal, code: number): Promise<void> {
  await terminal.waitFor(new RegExp(`^\\[${code}\\]\\$>$`, 'm'));
  expect(terminal.ask('#{cursor_flag}')).toBe('1');
  terminal.keys('clear', 'Enter', 'stty -a; echo typed-$((6*7))', 'Enter');
  const screen = await terminal.waitFor('typed-42');
  expect(screen).toMatch(/[^-]icanon/);
  expect(screen).toMatch(/[^-]echo /);
  expect(screen).toMatch(/[^-]isig/);
}

/** True when the window shows one whole screen of the wizard, drawn for this size. */
function drawnFor(screen: string, columns: number, rows: number): boolean {
  const lines = screen.split('\n');
  const titles = lines.filter((line) => line.startsWith(' supaready')).length;
  return titles === 1 && lines[2] === '─'.repeat(columns) && (lines[rows - 2]?.includes('? help') ?? false);
}

describe.skipIf(!HAS_TMUX)('the wizard in a real terminal (tmux)', () => {
  test('q leaves the terminal clean, says how to resume, and gives the verdict as exit code', async () => {
    const terminal = openTerminal();
    start(terminal);
    await terminal.waitFor('? help');
    terminal.keys('q');
    const screen = await terminal.waitFor('[1]$>');
    expect(screen).toContain('saved, resume with supaready --resume made-up');
    await expectClean(terminal, 1);
  });

  test('Ctrl-C leaves it clean with 130; during a run the first one cancels', async () => {
    const terminal = openTerminal();
    start(terminal, 'slow');
    await terminal.waitFor('? help');
    terminal.keys('Enter');
    await terminal.waitFor('Ctrl-C cancels');
    terminal.keys('C-c');
    await terminal.waitFor('the earlier results stand');
    terminal.keys('C-c');
    const screen = await terminal.waitFor('[130]$>');
    expect(screen).toContain('saved, resume with');
    await expectClean(terminal, 130);
  });

  test('SIGTERM and SIGHUP leave it clean', async () => {
    for (const [signal, code] of [
      ['TERM', 143],
      ['HUP', 129],
    ] as const) {
      const terminal = openTerminal();
      start(terminal);
      await terminal.waitFor('? help');
      process.kill(terminal.program(), `SIG${signal}`);
      await terminal.waitFor(`[${code}]$>`);
      expect(terminal.screen()).toContain('saved, resume with');
      await expectClean(terminal, code);
    }
  });

  test('a prompt before the wizard does not make it skip itself', async () => {
    const terminal = openTerminal();
    start(terminal, 'before');
    await terminal.waitFor('Your project?');
    terminal.keys('harbor', 'Enter');
    await terminal.waitFor('? help');
    terminal.keys('b');
    await terminal.waitFor('Why 1.1 is not satisfied');
    terminal.keys('q');
    await terminal.waitFor('[1]$>');
  });

  test('a prompt after the wizard lives', async () => {
    const terminal = openTerminal();
    start(terminal, 'before', 'after');
    await terminal.waitFor('Your project?');
    terminal.keys('harbor', 'Enter');
    await terminal.waitFor('? help');
    terminal.keys('q');
    await terminal.waitFor('Where to?');
    terminal.keys('sea', 'Enter');
    await terminal.waitFor('off to sea');
    await expectClean(terminal, 1);
  });

  test('walks, fixes, waives; resizes to 20×8 and back; never wipes the scrollback', async () => {
    const terminal = openTerminal();
    terminal.keys('echo before-the-wizard', 'Enter');
    start(terminal);
    await terminal.waitFor('? help');
    terminal.keys('Enter');
    await terminal.waitFor('1 check run for the first time');
    terminal.keys('a');
    await terminal.waitFor((screen) => screen.includes('Question of 1.1') && !screen.includes('one moment'));
    terminal.keys('y', 'Enter', 'y');
    await terminal.waitFor('1.1 is satisfied');
    terminal.keys('R');
    await terminal.waitFor(/checks run for the first time; collected/);
    terminal.keys('Tab');
    await terminal.waitFor('deleting an order');
    terminal.resize(20, 8);
    await terminal.waitFor('20×8');
    for (const [columns, rows] of [
      [100, 30],
      [60, 30],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.waitFor((screen) => drawnFor(screen, columns, rows));
    }
    terminal.keys('x');
    await terminal.waitFor((text) => text.includes('Run these statements') && !text.includes('one moment'));
    terminal.keys('y');
    await terminal.waitFor('1 fixed');
    terminal.keys('q');
    await terminal.waitFor('[1]$>');
    expect(terminal.history()).toContain('before-the-wizard');
    expect(terminal.history()).toMatch(/✔ 1\.1 Every project .* satisfied/);
    expect(terminal.bytes()).not.toContain('\u001B[3J');
    expect(terminal.bytes()).not.toContain('\u001B[?1049h');
  });

  test('pasted text fills a field and answers nothing else', async () => {
    const terminal = openTerminal();
    start(terminal);
    await terminal.waitFor('? help');
    terminal.keys('Enter');
    await terminal.waitFor('1 check run for the first time');
    terminal.keys('/');
    await terminal.waitFor('keep filter');
    terminal.paste('project\ninventory');
    await terminal.waitFor('/ project inventory');
  });

  test('TERM=dumb and --screen-reader: lines only, no screen is drawn', async () => {
    const terminal = openTerminal();
    terminal.keys('export TERM=dumb', 'Enter');
    start(terminal);
    await terminal.waitFor('q quit:');
    const before = terminal.bytes().length;
    terminal.keys('1', 'Enter');
    await terminal.waitFor('Number to open');
    terminal.keys('b', 'Enter');
    await terminal.waitFor(
      (screen) => (screen.match(/q quit:/g) ?? []).length >= 1 && screen.includes('Every project'),
    );
    terminal.keys('q', 'Enter');
    await terminal.waitFor('saved, resume with');
    const said = terminal.bytes().slice(before);
    expect(said.slice(0, said.indexOf('[1]$>'))).not.toContain('\u001B');

    const reader = openTerminal();
    start(reader, 'plain');
    await reader.waitFor('q quit:');
    reader.keys('q', 'Enter');
    await reader.waitFor('[1]$>');
    await expectClean(reader, 1);
  });

  test('CI in the environment does not freeze it', async () => {
    const terminal = openTerminal({ env: { CI: 'true' } });
    start(terminal);
    await terminal.waitFor('? help');
    terminal.keys('b');
    await terminal.waitFor('Why 1.1');
    terminal.keys('q');
    await terminal.waitFor('[1]$>');
  });

  test('without a terminal nothing is drawn: exit 2 and the commands that need none', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program.path], { encoding: 'utf8', input: 'q' });
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('the wizard needs a terminal');
    expect(stderr).toContain('supaready check');
  });
});
