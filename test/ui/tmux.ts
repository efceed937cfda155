import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** True where tmux is there to give a program a real terminal. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

export interface Terminal {
  /** Types keys by tmux's names: `Enter`, `Escape`, `C-c`, `Up`, or characters. */
  keys(...keys: string[]): void;
  /** What is in the window, without colours. */
  screen(): string;
  /** The same with its escape sequences. */
  coloured(): string;
  /** Window and scrollback. */
  history(): string;
  /** Waits until the window matches. */
  waitFor(what: RegExp | string | ((screen: string) => boolean), seconds?: number): Promise<string>;
  /** Pastes as a terminal does, in brackets where the program asked for them. */
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Every byte the program wrote so far. */
  bytes(): string;
  /** Process id of the program in the foreground of the shell. */
  program(): number;
  /** A tmux format of the pane, e.g. `#{cursor_flag}`. */
  ask(format: string): string;
}

let count = 0;

function removed(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

/**
 * A shell in a terminal of its own; it ends with the test. The prompt of the shell is `$> ` and shows the exit code of the
 * program before it: `[130]$> `.
 */
export function openTerminal(
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): Terminal {
  const { columns = 80, rows = 24 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'supaready-pty-'));
  const socket = join(folder, `tmux-${count++}`);
  const log = join(folder, 'bytes');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'rc'), "PS1='[$?]$> '\n");
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    ...options.env,
  };
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', '-u', ...args], { encoding: 'utf8', env });
  tmux(
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(rows),
    `bash --noprofile --rcfile ${join(folder, 'rc')} -i`,
  );
  tmux('set-option', '-g', 'window-size', 'manual');
  tmux('set-option', '-g', 'status', 'off');
  tmux('set-option', '-g', 'escape-time', '0');
  tmux('resize-window', '-x', String(columns), '-y', String(rows));
  tmux('pipe-pane', '-O', `cat >> ${log}`);
  onTestFinished(async () => {
    spawnSync('tmux', ['-S', socket, 'kill-server']);
    // The shell writes its last words after its server is gone; the folder goes when it has.
    await until(() => removed(folder));
  });
  const screen = () => tmux('capture-pane', '-p');
  return {
    keys: (...keys) => {
      for (const key of keys) tmux('send-keys', key);
    },
    screen,
    coloured: () => tmux('capture-pane', '-p', '-e'),
    history: () => tmux('capture-pane', '-p', '-S', '-'),
    waitFor: async (what, seconds = 20) => {
      const matches = (text: string) =>
        typeof what === 'string' ? text.includes(what) : what instanceof RegExp ? what.test(text) : what(text);
      const end = Date.now() + seconds * 1_000;
      for (;;) {
        const text = screen();
        if (matches(text)) return text;
        if (Date.now() > end) throw new Error(`it never came: ${what}\nat the end there was:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
    paste: (text) => {
      tmux('set-buffer', text);
      tmux('paste-buffer', '-p');
    },
    resize: (nextColumns, nextRows) => {
      tmux('resize-window', '-x', String(nextColumns), '-y', String(nextRows));
    },
    bytes: () => readFileSync(log, 'utf8'),
    program: () => {
      const shell = tmux('display-message', '-p', '#{pane_pid}').trim();
      const children = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ');
      return Number(children.at(-1));
    },
    ask: (format) => tmux('display-message', '-p', format).trim(),
  };
}
