import type { Facts } from '../../core/facts.ts';

/** In words, for every facet: a history that does not replay leaves objects out, so nothing over it may pass. */
export function replayGaps(replay: Facts['replay']): string[] {
  const failure = replay?.failures[0];
  if (!failure) return [];
  const files = replay?.failures.length === 1 ? '1 migration file' : `${replay?.failures.length} migration files`;
  return [
    `${files} failed in the replay, first ${failure.path}:${failure.line} (${failure.sqlstate}), so objects are missing`,
  ];
}
