import { formatMs } from '../core/duration.ts';
import type { RunProgress } from '../engine/controller.ts';

/** What one environment is doing right now, in words. */
export function progressText(progress: RunProgress): string {
  const elapsed = formatMs(Date.now() - progress.startedAt);
  if (progress.phase === 'collect')
    return `${progress.environment}: collecting ${progress.facet} (${progress.done} of ${progress.total}, ${elapsed})`;
  if (progress.phase === 'evaluate')
    return `${progress.environment}: ${progress.check} (${progress.done + 1} of ${progress.total}, ${elapsed})`;
  return `${progress.environment}: saving (${elapsed})`;
}

/** A log gets a line at most this often, and always the last word before a silence. */
const LOG_EVERY_MS = 2_000;

/** Passes on at most one text in an interval: the first at once, later the latest when its time has come. */
function sparingly(say: (text: string) => void): { report: (text: string) => void; stop: () => void } {
  let last = 0;
  let waiting: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  const speak = (text: string) => {
    last = Date.now();
    waiting = null;
    say(text);
  };
  return {
    report: (text) => {
      const rest = last + LOG_EVERY_MS - Date.now();
      if (rest <= 0) return speak(text);
      waiting = text;
      timer ??= setTimeout(() => {
        timer = null;
        if (waiting !== null) speak(waiting);
      }, rest);
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting = null;
    },
  };
}

/**
 * Runs work with its progress on stderr: a live line on a terminal, a plain line every two seconds in a log.
 * stdout is never touched: it is for results.
 */
export async function withProgress<T>(title: string, work: (report: (text: string) => void) => Promise<T>): Promise<T> {
  const { Listr, ListrLogger, LISTR_LOGGER_STDERR_LEVELS, ProcessOutput } = await import('listr2');
  const live =
    process.stderr.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
  const outcome: { value?: T } = {};
  const logger = new ListrLogger({
    useIcons: true,
    toStderr: live ? [] : LISTR_LOGGER_STDERR_LEVELS,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  const tasks = new Listr(
    [
      {
        title,
        task: async (_context, task) => {
          const say = (text: string) => {
            task.output = text;
          };
          const log = sparingly(say);
          try {
            outcome.value = await work(live ? say : log.report);
          } finally {
            log.stop();
          }
        },
      },
    ],
    {
      // Its own handler would end the process with 127 at the first Ctrl-C.
      registerSignalListeners: false,
      rendererOptions: { logger },
      ...(live ? { renderer: 'default' } : { renderer: 'simple' }),
    },
  );
  await tasks.run();
  return outcome.value as T;
}
