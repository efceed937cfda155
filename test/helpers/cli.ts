import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { ready } from '../../scripts/ready.mjs';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

let built = false;

/** Runs the built command line without a terminal, in its own home, and waits for its end. */
export async function runCli(
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    input?: string;
    /** Called with everything said on stderr so far; what it returns is sent as a signal. */
    onStderr?: (text: string) => NodeJS.Signals | null;
  } = {},
): Promise<CliResult> {
  if (!built) {
    ready();
    built = true;
  }
  const { NODE_ENV: _n, VITEST: _v, FORCE_COLOR: _f, SUPAREADY_DB_URL: _u, ...env } = process.env;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd ?? temporaryFolder(),
    env: { ...env, HOME: temporaryFolder(), XDG_CONFIG_HOME: '', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.input ?? '');
  const chunks = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    chunks.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    chunks.stderr += text;
    const signal = options.onStderr?.(chunks.stderr) ?? null;
    if (signal !== null) child.kill(signal);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...chunks };
}

/** A folder that is removed with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'supaready-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
