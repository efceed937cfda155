import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';

/** EVIDENCE.md §7 “Limits”. */
export const LIMITS = { bundleBytes: 256 * 1024 * 1024, fileBytes: 64 * 1024 * 1024, files: 20_000 } as const;

/** What is wrong with an archive before anything in it is looked at; `code` is stable. */
export class ArchiveProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Names that stay plain in ustar, BagIt and coreutils alike (EVIDENCE.md §2). */
const SAFE_PATH = /^[A-Za-z0-9._][A-Za-z0-9._-]*(\/[A-Za-z0-9._][A-Za-z0-9._-]*)*$/;

/** Writes files below one top folder as an archive that depends on nothing but them: sorted, no owner, one time. */
export async function writeTar(
  path: string,
  top: string,
  files: ReadonlyMap<string, Buffer>,
  epochSeconds: number,
): Promise<void> {
  const archive = pack();
  const target = createWriteStream(path, { mode: 0o644 });
  archive.pipe(target);
  const mtime = new Date(epochSeconds * 1000);
  for (const name of [...files.keys()].sort()) {
    const bytes = files.get(name);
    if (!bytes) continue;
    await new Promise<void>((resolve, reject) => {
      archive.entry(
        { name: `${top}/${name}`, mtime, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', type: 'file' },
        bytes,
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }
  archive.finalize();
  await finished(target);
}

/** Refuses what a bundle of ours never holds: paths that leave it, links, devices, twins, bombs. */
export class Intake {
  readonly #seen = new Set<string>();
  #bytes = 0;

  /** Throws ArchiveProblem. */
  accept(name: string, size: number): void {
    if (!SAFE_PATH.test(name) || name.split('/').some((part) => part === '.' || part === '..'))
      throw new ArchiveProblem('unsafe-path', `the bundle holds an unsafe path: ${JSON.stringify(name)}`);
    const folded = name.toLowerCase();
    if (this.#seen.has(folded))
      throw new ArchiveProblem('duplicate-path', `the bundle holds ${name} twice (or in two spellings)`);
    this.#seen.add(folded);
    this.#bytes += size;
    if (size > LIMITS.fileBytes || this.#bytes > LIMITS.bundleBytes || this.#seen.size > LIMITS.files)
      throw new ArchiveProblem('too-large', `the bundle is larger than a bundle may be (at ${name})`);
  }
}

/** Reads an archive into memory, within the limits. Returns the files below its one top folder. Throws ArchiveProblem. */
export async function readTar(path: string): Promise<{ top: string; files: Map<string, Buffer> }> {
  const files = new Map<string, Buffer>();
  const intake = new Intake();
  let top: string | null = null;
  const reader = extract();
  const source = createReadStream(path);
  source.on('error', (error) => reader.destroy(error));
  source.pipe(reader);
  try {
    for await (const entry of reader) {
      const { name, type, size } = entry.header;
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file' && type !== 'contiguous-file')
        throw new ArchiveProblem(
          'not-a-file',
          `the bundle holds a ${type} (${JSON.stringify(name)}); only files are allowed`,
        );
      const slash = name.indexOf('/');
      const folder = slash === -1 ? '' : name.slice(0, slash);
      if (folder === '' || (top !== null && folder !== top))
        throw new ArchiveProblem('unsafe-path', `the bundle holds ${JSON.stringify(name)} outside its one top folder`);
      top = folder;
      const inner = name.slice(slash + 1);
      intake.accept(inner, size ?? 0);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(inner, Buffer.concat(chunks));
    }
  } catch (error) {
    if (error instanceof ArchiveProblem || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new ArchiveProblem('not-a-tar', `the file cannot be read as a tar archive: ${(error as Error).message}`);
  }
  if (top === null) throw new ArchiveProblem('not-a-tar', 'the file holds no bundle');
  return { top, files };
}
