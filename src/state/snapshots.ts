import { join } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import {
  type Collected,
  type CollectedFact,
  FACT_NAMES,
  type FactName,
  type Snapshot,
  type SnapshotHeader,
  snapshotHeaderSchema,
} from '../core/facts.ts';
import { ONCE } from '../core/parse-once.ts';
import { facetText } from '../core/snapshot.ts';
import type { BlobStore } from './blobs.ts';
import { codeOf, type Disk, diskError, makeFolder, writeFileDurably } from './disk.ts';

export const SNAPSHOTS_FOLDER = 'snapshots';
const HEX64 = /^[0-9a-f]{64}$/;

/** Stores a snapshot: each facet's canonical text as a blob (once, however many snapshots share it), then its header. */
export function saveSnapshot(folder: string, snapshot: Snapshot, blobs: BlobStore, disk: Disk): void {
  const { header, facts } = snapshot;
  const texts: Buffer[] = [];
  const wanted: string[] = [];
  for (const name of FACT_NAMES) {
    const digest = header.facets[name]?.sha256;
    if (!digest || blobs.has(digest)) continue;
    const fact = facts[name] as CollectedFact | undefined;
    if (fact?.status !== 'ok') throw new TypeError(`the snapshot names the digest of ${name} without its value`);
    texts.push(Buffer.from(facetText(fact.value)));
    wanted.push(digest);
  }
  const stored = blobs.putAll(texts);
  if (stored.some(({ sha256 }, index) => sha256 !== wanted[index])) {
    throw new TypeError('a facet was changed after the snapshot was made');
  }
  const path = pathOf(folder, header.id);
  try {
    makeFolder(disk, join(folder, SNAPSHOTS_FOLDER));
    writeFileDurably(disk, path, Buffer.from(`${JSON.stringify(header, null, 2)}\n`));
  } catch (error) {
    throw diskError(error, 'the snapshot could not be saved', path);
  }
}

/**
 * Reads a snapshot. Values are read and verified against their digests when they are first looked at, since most screens
 * need few of them. Throws UserError exit 3: `snapshot-missing`, `snapshot-corrupt`, and later `blob-missing`, `blob-corrupt`.
 */
export function loadSnapshot(folder: string, id: string, blobs: BlobStore, disk: Disk): Snapshot {
  const header = readHeader(folder, id, disk);
  const facts: Collected = {};
  for (const name of FACT_NAMES) {
    const facet = header.facets[name];
    if (facet) define(facts, name, facet, blobs);
  }
  return { header, facts };
}

function pathOf(folder: string, id: string): string {
  if (!HEX64.test(id)) throw new TypeError('a snapshot is named by 64 lower-case hex digits');
  return join(folder, SNAPSHOTS_FOLDER, `${id}.json`);
}

function readHeader(folder: string, id: string, disk: Disk): SnapshotHeader {
  const path = pathOf(folder, id);
  const next = 'run the checks again: they collect a new snapshot';
  let text: string;
  try {
    text = disk.readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw diskError(error, 'the snapshot cannot be read', path);
    throw new UserError('snapshot-missing', `the snapshot ${id} is missing (${path})`, next, EXIT.unknown);
  }
  try {
    const header = snapshotHeaderSchema.parse(JSON.parse(text), ONCE);
    if (header.id === id) return header;
  } catch {
    // Said below.
  }
  throw new UserError(
    'snapshot-corrupt',
    `the snapshot ${id} has been altered or damaged (${path})`,
    next,
    EXIT.unknown,
  );
}

function define(facts: Collected, name: FactName, facet: SnapshotHeader['facets'][string], blobs: BlobStore): void {
  const { status, sha256, hidden, ms } = facet;
  let fact: unknown;
  const read = (): unknown => {
    if (status !== 'ok' || sha256 === null) return { status, reason: facet.reason ?? '', ms };
    return { status, value: JSON.parse(blobs.get(sha256).toString('utf8')), hidden, ms };
  };
  Object.defineProperty(facts, name, {
    enumerable: true,
    configurable: true,
    // The same object every time, so that a facet taken over into a newer snapshot is known to be unchanged.
    get: () => {
      fact ??= read();
      return fact;
    },
  });
}
