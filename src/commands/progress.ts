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

/**
 * Runs work with its progress on stderr: a live line on a terminal, a plain line every two seconds in a log.
 * stdout is never touched: it is for results.
 */
export async function withProgress<T>(title: string, work: (report: (text: string) => void) => Promise<T>): Promise<T> {
  const { Listr, ListrLogger, LISTR_LOGGER_STDERR_LEVELS, ProcessOutput } = await import('listr2');
  const live =
    process.stderr.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
  const outcome: { value?: T } = {};
  let last = 0;
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
          outcome.value = await work((text) => {
            if (!live && Date.now() - last < 2_000) return;
            last = Date.now();
            task.output = text;
          });
        },
      },
    ],
    live ? { renderer: 'default', rendererOptions: { logger } } : { renderer: 'simple', rendererOptions: { logger } },
  );
  await tasks.run();
  return outcome.value as T;
}
