import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a script under test/state/ for plain Node; returns the path of the result. */
export async function bundleScript(name: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'supaready-script-')), `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    // Quicker to start, and it is started hundreds of times.
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}

export interface Finished {
  output: string;
  errors: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Runs a script and collects what it prints, also when it is killed. */
export function runScript(
  path: string,
  args: readonly string[],
  onOutput?: (child: ChildProcess, text: string) => void,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(child, output);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ output, errors, code, signal }));
  });
}
