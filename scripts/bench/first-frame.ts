// Time from the start of the process to the first drawn frame, wizard against a bare Ink hello-world, in turn, each in a
// pseudo-terminal of its own (util-linux `script`). The wizard opens an audit that already holds results.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli.js');
const rounds = 7;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds until `text` is on the screen. */
function untilFrame(command: string, text: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    // Hello-world is gone before the key arrives.
    child.stdin.on('error', () => {});
    let seen = '';
    const give = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no frame within 20 s: ${seen.slice(-400)}`));
    }, 20_000);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk;
      if (!seen.includes(text)) return;
      clearTimeout(give);
      resolve(performance.now() - started);
      child.stdin.write('q');
      setTimeout(() => child.kill('SIGKILL'), 1_500).unref();
    });
  });
}

if (spawnSync('script', ['--version']).status !== 0) {
  process.stdout.write('first frame: util-linux `script` is not installed, nothing measured\n');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'supaready-frame-'));
const env: NodeJS.ProcessEnv = { ...process.env, HOME: folder, TERM: 'xterm-256color', COLUMNS: '80', LINES: '24' };
delete env.CI;
try {
  // An audit of the fixed demo stands ready; opening it needs no database until a check runs.
  spawnSync(process.execPath, [cli, 'demo', '--fixed', '--check', '--dir', join(folder, 'demo')], {
    env,
    stdio: 'ignore',
  });
  const wizard = `${process.execPath} ${cli} --db-url postgres://postgres@127.0.0.1:1/harbor --state-dir ${join(folder, 'demo')} --audit latest`;
  const hello = `${process.execPath} ${fileURLToPath(new URL('./hello.js', import.meta.url))}`;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const a = await untilFrame(hello, 'Hello', env);
    const b = await untilFrame(wizard, 'Inventory', env);
    if (round === 0) continue;
    bare.push(a);
    ours.push(b);
  }
  process.stdout.write(
    `first frame: wizard ${median(ours).toFixed(0)} ms, bare Ink ${median(bare).toFixed(0)} ms, ratio ${(median(ours) / median(bare)).toFixed(2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
