import { spawn } from 'node:child_process';

/** The repository is other people's: nothing its configuration names may run, and nothing may be fetched. */
const SAFE = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.quotePath=off',
  '-c',
  'core.pager=cat',
  '-c',
  'diff.external=',
  '-c',
  'protocol.allow=never',
  '-c',
  'log.showSignature=false',
];

export interface GitRun {
  /** How it ended; `stopped` when `onChunk` returned false, the time ran out or the signal fired. */
  end: 'ok' | 'failed' | 'stopped';
  /** First line of what git said on stderr. */
  message: string;
}

/**
 * Runs a reading git command in `root` and hands its output over in pieces. `onChunk` returning false ends it.
 * Never throws: a missing git is `failed`.
 */
export function runGit(
  root: string,
  args: readonly string[],
  onChunk: (chunk: Buffer) => boolean,
  options: { timeoutMs?: number; signal?: AbortSignal | undefined; input?: string } = {},
): Promise<GitRun> {
  return new Promise((resolve) => {
    const child = spawn('git', [...SAFE, ...args], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...withoutGitVariables(process.env),
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        GIT_NO_LAZY_FETCH: '1',
        LC_ALL: 'C',
      },
    });
    let stopped = false;
    let message = '';
    const stop = () => {
      if (stopped) return;
      stopped = true;
      child.kill('SIGKILL');
    };
    const timer = options.timeoutMs ? setTimeout(stop, options.timeoutMs) : undefined;
    options.signal?.addEventListener('abort', stop, { once: true });
    if (options.signal?.aborted) stop();
    const finish = (end: GitRun['end']) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
      resolve({ end, message: message.split('\n')[0] ?? '' });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (!stopped && !onChunk(chunk)) stop();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (message.length < 2000) message += chunk.toString('utf8');
    });
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      message = error.message;
      finish('failed');
    });
    child.on('close', (code) => finish(stopped ? 'stopped' : code === 0 ? 'ok' : 'failed'));
  });
}

/** GIT_DIR and the like of a surrounding git command (a hook) would point at another repository. */
function withoutGitVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')));
}

/** The whole output of a git command, split at NUL; null when it failed. */
export async function gitList(
  root: string,
  args: readonly string[],
  options: { signal?: AbortSignal | undefined; input?: string } = {},
): Promise<string[] | null> {
  const chunks: Buffer[] = [];
  const run = await runGit(
    root,
    args,
    (chunk) => {
      chunks.push(chunk);
      return true;
    },
    { timeoutMs: 60_000, ...options },
  );
  if (run.end !== 'ok') return null;
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\0')
    .filter((item) => item !== '');
}
