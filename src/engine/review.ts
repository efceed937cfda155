import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCESS_FILE, contractName, proposeContract } from '../core/access-contract.ts';
import { type Check, type Checklist, checkpointsOf, type Review, type ReviewItem } from '../core/check.ts';
import type { Facts, Snapshot } from '../core/facts.ts';
import { loadSqlParser } from '../core/sql.ts';
import type { OpenReview } from './controller.ts';

/* What a person goes through one by one: worked out from the latest facts when the question is opened. */

export interface ReviewContext {
  /** With what is gone through: the text alone does not have it. */
  checklist: Checklist<Check>;
  snapshots: readonly Snapshot[];
  repository: string | null;
}

function itemsOf(review: Review, { facts, header }: Snapshot): { item: ReviewItem; environment: string }[] {
  const known: Partial<Record<keyof Facts, unknown>> = {};
  for (const name of [...review.needs, ...(review.uses ?? [])]) {
    const fact = facts[name];
    if (fact?.status === 'ok') known[name] = fact.value;
    else if (review.needs.includes(name)) return [];
  }
  return review.items(known as Facts).map((item) => ({ item, environment: header.environment }));
}

/** Items of all environments; one that is the same in several comes once. */
function merged(found: readonly { item: ReviewItem; environment: string }[]): ReviewItem[] {
  const items = new Map<string, ReviewItem>();
  for (const { item, environment } of found) {
    const before = items.get(item.name);
    if (before === undefined) items.set(item.name, item);
    else if (JSON.stringify(before.lines) !== JSON.stringify(item.lines))
      items.set(item.name, {
        ...item,
        lines: [...before.lines, ...item.lines.map((line) => `${environment}: ${line}`)],
      });
  }
  return [...items.values()];
}

/** The contract is written where none stands, and from one observation alone. */
function contractPath({ repository, snapshots }: ReviewContext): string | null {
  const observed = snapshots.filter(({ facts }) => facts.accessMatrix?.status === 'ok');
  const path = repository === null ? null : join(repository, ACCESS_FILE);
  return path === null || observed.length !== 1 || existsSync(path) ? null : path;
}

function reviewOf({ checklist }: ReviewContext, checkpoint: string, attestation: string): Review | null {
  const found = checkpointsOf(checklist).find(({ id }) => id === checkpoint);
  return found?.attestations.find(({ id }) => id === attestation)?.review ?? null;
}

export async function openReview(
  context: ReviewContext,
  checkpoint: string,
  attestation: string,
): Promise<OpenReview | null> {
  const review = reviewOf(context, checkpoint, attestation);
  if (!review) return null;
  await loadSqlParser();
  const items = merged(context.snapshots.flatMap((snapshot) => itemsOf(review, snapshot)));
  if (items.length === 0) return null;
  return { items, writes: review.writes === 'access-contract' && contractPath(context) !== null ? ACCESS_FILE : null };
}

/** Writes what was approved, where the review says so; returns the path, or null when there was nothing to write. */
export function writeApproved(
  context: ReviewContext,
  checkpoint: string,
  attestation: string,
  approved: readonly string[],
): string | null {
  const path = contractPath(context);
  if (reviewOf(context, checkpoint, attestation)?.writes !== 'access-contract' || path === null) return null;
  const matrix = context.snapshots.map(({ facts }) => facts.accessMatrix).find((fact) => fact?.status === 'ok');
  if (matrix?.status !== 'ok' || approved.length === 0) return null;
  const relations = matrix.value.relations.filter((relation) => approved.includes(contractName(relation)));
  const contract = proposeContract({ ...matrix.value, relations });
  writeFileSync(path, `${JSON.stringify(contract, null, 2)}\n`, { flag: 'wx' });
  return path;
}
