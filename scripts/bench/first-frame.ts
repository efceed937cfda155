// What the first drawn frame costs, wizard against a bare Ink hello-world: time since the start of the process, and
// processor time (user and system, all threads), which other work on the machine distorts little. Each runs in a
// pseudo-terminal of its own (util-linux `script`), in turn; medians over the rounds. The wizard opens the stored audit of
// Harbor, the demo with its defects: every check has a result, some 80 findings stand.
//   npm run bench -- --only first-frame [--rounds 15]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli.js');
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' } },
  strict: false,
  args: process.argv.slice(2),
});
const rounds = Number(values.rounds);

/** What one start cost until its frame stood: milliseconds of the clock and of the processors (null off Linux). */
interface Cost {
  wall: number;
  cpu: number | null;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** The program inside `script`. */
function programOf(pseudoTerminal: ChildProcess): string | null {
  const { pid } = pseudoTerminal;
  if (pid === undefined || process.platform !== 'linux') return null;
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || null;
}

/** Processor time of a process and all its threads so far, in milliseconds, or null where it cannot be read. */
function cpuOf(pid: string | null): number | null {
  if (pid === null) return null;
  try {
    const spent = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  } catch {
    return null;
  }
}

/** Starts a program and waits until all of `texts` are on the screen. */
function untilFrame(command: string, texts: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn('script', ['-qfec', `exec ${command}`, '/dev/null'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let seen = '';
    let cost: Cost | null = null;
    const give = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no frame within 30 s: ${seen.slice(-400)}`));
    }, 30_000);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk;
      if (cost !== null || !texts.every((text) => stripVTControlCharacters(seen).includes(text))) return;
      const pid = programOf(child);
      cost = { wall: performance.now() - started, cpu: cpuOf(pid) };
      clearTimeout(give);
      if (pid === null) child.kill('SIGKILL');
      else process.kill(Number(pid), 'SIGTERM');
    });
    // The next one starts when this one has let go of the processors.
    child.on('exit', () => {
      clearTimeout(give);
      if (cost === null) reject(new Error(`it ended without a frame: ${seen.slice(-400)}`));
      else resolve(cost);
    });
  });
}

function line(name: string, ours: readonly number[], bare: readonly number[]): string {
  const ratio = median(ours.map((value, round) => value / (bare[round] ?? Number.NaN)));
  return `first frame, ${name}: wizard ${median(ours).toFixed(0)} ms, bare Ink ${median(bare).toFixed(0)} ms, ratio ${ratio.toFixed(2)} (median of ${ours.length} paired rounds)\n`;
}

if (spawnSync('script', ['--version']).status !== 0) {
  process.stdout.write('first frame: util-linux `script` is not installed, nothing measured\n');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'supaready-frame-'));
const env: NodeJS.ProcessEnv = { ...process.env, HOME: folder, TERM: 'xterm-256color', COLUMNS: '80', LINES: '24' };
delete env.CI;
try {
  // Opening a stored audit needs no database until a check runs.
  const demo = join(folder, 'demo');
  spawnSync(process.execPath, [cli, 'demo', '--check', '--dir', demo], { env, stdio: 'ignore' });
  const wizard = `${process.execPath} ${cli} --db-url postgres://postgres@127.0.0.1:1/harbor --state-dir ${demo} --audit latest`;
  const hello = `${process.execPath} ${fileURLToPath(new URL('./hello.js', import.meta.url))}`;
  const ours: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round <= rounds; round++) {
    const first = await untilFrame(hello, ['Hello world'], env);
    // The last section and the key hints below it: the overview whole.
    const second = await untilFrame(wizard, ['Inventory', 'Next', 'opens after section 6', 'save, quit'], env);
    // The first round fills the page cache.
    if (round === 0) continue;
    bare.push(first);
    ours.push(second);
  }
  process.stdout.write(
    line(
      'time',
      ours.map(({ wall }) => wall),
      bare.map(({ wall }) => wall),
    ),
  );
  const cpu = (costs: readonly Cost[]) => costs.flatMap((cost) => cost.cpu ?? []);
  if (cpu(ours).length === rounds && cpu(bare).length === rounds)
    process.stdout.write(line('processor', cpu(ours), cpu(bare)));
  else process.stdout.write('first frame, processor: cannot be read on this system\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
