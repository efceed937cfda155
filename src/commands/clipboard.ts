import { spawnSync } from 'node:child_process';

/** Programs that take the clipboard's new content on standard input. Only those that fit the running desktop are tried. */
function programs(): [string, string[]][] {
  if (process.platform === 'darwin') return [['pbcopy', []]];
  if (process.platform === 'win32') return [['clip', []]];
  if (process.env.SSH_CONNECTION) return [];
  if (process.env.WAYLAND_DISPLAY) return [['wl-copy', []]];
  return process.env.DISPLAY
    ? [
        ['xclip', ['-selection', 'clipboard']],
        ['xsel', ['--clipboard', '--input']],
      ]
    : [];
}

/** Longest text that common terminals take in one OSC 52 sequence. */
const OSC52_BYTES = 74_000;

/**
 * Copies text: to the desktop's clipboard, else through the terminal (OSC 52, works over SSH where the terminal allows it).
 * `printed` means neither was possible and the caller must show the text.
 */
export async function copyText(text: string): Promise<'clipboard' | 'osc52' | 'printed'> {
  for (const [program, args] of programs()) {
    const { status, error } = spawnSync(program, args, {
      input: text,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: 2_000,
    });
    if (!error && status === 0) return 'clipboard';
  }
  const bytes = Buffer.from(text, 'utf8');
  if (!process.stdout.isTTY || process.env.TERM === 'dumb' || bytes.length > OSC52_BYTES) return 'printed';
  process.stdout.write(`\u001b]52;c;${bytes.toString('base64')}\u0007`);
  return 'osc52';
}
