import { formatMs } from '../../core/duration.ts';
import { counted, grouped } from '../../core/text.ts';
import type { AuditView, RunProgress, RunSummary } from '../../engine/controller.ts';
import { standInLines } from '../../report/stand-ins.ts';
import { between, type Line, span } from './line.ts';

/** A run of checks as the screen shows it. */
export interface Running {
  /** What runs: `2.2`, `all checks`. */
  label: string;
  startedAt: number;
  now: number;
  progress: RunProgress | null;
  cancelling: boolean;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Milliseconds left, from the share done so far; null while too little is known to say. */
export function remaining(progress: RunProgress | null, now: number): number | null {
  if (progress === null || progress.phase === 'save') return null;
  const elapsed = now - progress.startedAt;
  if (progress.done < 2 || progress.total <= progress.done || elapsed < 1_500) return null;
  return (elapsed / progress.done) * (progress.total - progress.done);
}

function stage(progress: RunProgress | null): string {
  if (progress === null) return 'connecting';
  switch (progress.phase) {
    case 'collect':
      return `collecting ${progress.done}/${progress.total} ${progress.facet}`;
    case 'evaluate':
      return `checking ${progress.done}/${progress.total} ${progress.check}`;
    case 'save':
      return 'saving';
  }
}

/** One calm line: what runs, how far, how long, how much longer. */
export function progressLine(running: Running, width: number, animate: boolean): Line {
  const elapsed = running.now - running.startedAt;
  const glyph = animate && elapsed >= 300 ? (FRAMES[Math.floor(elapsed / 100) % FRAMES.length] ?? '…') : '…';
  const left = remaining(running.progress, running.now);
  const seconds = `${Math.floor(elapsed / 1_000)} s`;
  const timing = left === null ? seconds : `${seconds}, about ${formatMs(Math.ceil(left / 1_000) * 1_000)} left`;
  const end = running.cancelling ? 'cancelling, Ctrl-C again quits ' : `${timing}   Ctrl-C cancels `;
  const environment = running.progress ? ` [${running.progress.environment}]` : '';
  return between(
    [span(` ${glyph} `, 'accent'), span(`${running.label}: ${stage(running.progress)}`), span(environment, 'muted')],
    [span(end, 'muted')],
    width,
  );
}

/** What a run changed: `2 fixed, 1 new; collected 12 facts in 1.2 s`. `first`: checks that had never run before. */
export function summaryText(summary: RunSummary, first: number): string {
  const changes = [
    summary.fixed.length > 0 ? `${grouped(summary.fixed.length)} fixed` : '',
    summary.appeared.length > 0 ? `${grouped(summary.appeared.length)} new` : '',
    first > 0 ? `${counted(first, 'check')} run for the first time` : '',
  ].filter(Boolean);
  const what = changes.length === 0 ? 'nothing changed' : changes.join(', ');
  return `${what}; collected ${counted(summary.collected.length, 'fact group')} in ${formatMs(summary.ms)}`;
}

/** All there is to say of a run, in sentences: what it found, what failed, and what a replay stood in for, where it replayed. */
export function runWords(summary: RunSummary, first: number, view: Pick<AuditView, 'standIns' | 'state'>): string {
  const standIns = summary.collected.includes('replay') ? standInLines(view) : [];
  return [summaryText(summary, first), ...summary.problems, ...standIns].join('. ');
}
