import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../../scripts/ready.mjs';
import { HAS_TMUX, openTerminal, type Terminal } from './tmux.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let folder: string;
beforeAll(() => {
  if (HAS_TMUX) ready();
  folder = mkdtempSync(join(tmpdir(), 'supaready-demo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const IDLE = (screen: string) => screen.includes('? help') && !screen.includes('Ctrl-C cancels');

function start(terminal: Terminal): void {
  terminal.keys(`${process.execPath} ${CLI} demo --dir ${folder}`, 'Enter');
}

/** From the overview to a checkpoint, by its filterless list: Tab goes to the next thing to do. */
async function openNext(terminal: Terminal, seconds = 60): Promise<string> {
  terminal.keys('Tab');
  return terminal.waitFor((screen) => IDLE(screen) && /^ 1\.1 /m.test(screen) && screen.includes('finding'), seconds);
}

describe.skipIf(!HAS_TMUX)('supaready demo in a real terminal (tmux)', () => {
  test('walk, waive, kill -9, resume where it was, fix, re-run; the scrollback survives', async () => {
    const terminal = openTerminal({ columns: 100, rows: 30, env: { GIT_AUTHOR_NAME: 'Ada' } });
    terminal.keys('echo before-the-wizard', 'Enter');
    start(terminal);
    const overview = await terminal.waitFor((screen) => screen.includes('? help'), 90);
    expect(overview).toContain('Harbor · production');
    expect(overview).toMatch(/▸ .*1\.1/);

    await openNext(terminal);
    terminal.keys('w');
    let form = await terminal.waitFor((screen) => screen.includes('Waive a finding') && !screen.includes('one moment'));
    if (form.includes('Your name')) terminal.keys('Ada', 'Enter', 'Enter');
    terminal.keys('later', 'Enter', 'small', 'Enter', 'alarm', 'Enter', 'Ada', 'Enter', 'Enter');
    form = await terminal.waitFor('Waive this');
    expect(form).toContain('for 30 days');
    terminal.keys('y');
    await terminal.waitFor('waived for 30 days');

    process.kill(terminal.program(), 'SIGKILL');
    await terminal.waitFor('[137]$>');
    // Not `clear`: that wipes the scrollback, which is looked at below.
    terminal.keys("stty sane; printf '\\033[2J\\033[H'", 'Enter');
    await terminal.waitFor((screen) => !screen.includes('? help'));
    start(terminal);
    await terminal.waitFor((screen) => screen.includes('? help'), 90);
    terminal.keys('Tab');
    const resumed = await terminal.waitFor((screen) => IDLE(screen) && /^ 1\.1 /m.test(screen));
    terminal.keys('G');
    await terminal.waitFor((screen) => IDLE(screen) && screen !== resumed);
    terminal.keys('/', 'waived');
    await terminal.waitFor(/~ \w+ .*waived: /);
    terminal.keys('Escape');
    await terminal.waitFor('? help');

    terminal.keys('r');
    await terminal.waitFor('Ctrl-C cancels');
    await terminal.waitFor(/nothing changed; collected/, 60);
    terminal.keys('q');
    const end = await terminal.waitFor('[1]$>');
    expect(end).toContain('saved, resume with');
    expect(terminal.ask('#{cursor_flag}')).toBe('1');
    expect(terminal.history()).toContain('before-the-wizard');
    expect(terminal.bytes()).not.toContain('\u001B[3J');
  }, 300_000);
});
