import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ServerUser } from './binaries.ts';

/*
 * A data directory as one file: equal files once, zeros at their ends left out (a new cluster of 65 MB has 15 MB), a digest
 * over all. One file is either there whole or not at all, so processes may write it at the same time.
 */

interface Entry {
  /** Relative, with `/`. */
  path: string;
  /** Of the file; null for a folder. */
  size: number | null;
  /** Of the part without the zeros at its end, in the body. */
  at: number;
  length: number;
}

const MAGIC = 'supaready cluster 1\n';
const DIGEST_BYTES = 32;

/**
 * What a cluster does without: traces of the life it had, and the maps of free space and of visibility, which PostgreSQL
 * makes again as it writes (a third of all files).
 */
const LEFT_OUT = /^postmaster\.(pid|opts)$|^(base|global)\/.*_(fsm|vm)$/;

function withoutZeros(content: Buffer): Buffer {
  let end = content.length;
  while (end > 0 && content[end - 1] === 0) end--;
  return content.subarray(0, end);
}

function collect(data: string): { entries: Entry[]; body: Buffer[] } {
  const entries: Entry[] = [];
  const body: Buffer[] = [];
  const known = new Map<string, number>();
  let at = 0;
  const visit = (folder: string, prefix: string) => {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      const path = prefix + item.name;
      if (item.isDirectory()) {
        entries.push({ path, size: null, at: 0, length: 0 });
        visit(join(folder, item.name), `${path}/`);
      } else if (item.isFile() && !LEFT_OUT.test(path)) {
        const content = readFileSync(join(folder, item.name));
        const part = withoutZeros(content);
        const digest = createHash('sha256').update(part).digest('base64');
        const place = known.get(digest) ?? at;
        entries.push({ path, size: content.length, at: place, length: part.length });
        if (place !== at || part.length === 0) continue;
        known.set(digest, at);
        body.push(part);
        at += part.length;
      }
    }
  };
  visit(data, '');
  return { entries, body };
}

/** Writes the cluster in `data`, whose server has stopped, to `file`; takes the place of an older one in one step. */
export function packCluster(data: string, file: string): void {
  const { entries, body } = collect(data);
  const head = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const content = Buffer.concat([length, head, ...body]);
  const draft = `${file}.${process.pid}.${Date.now()}`;
  try {
    writeFileSync(draft, Buffer.concat([Buffer.from(MAGIC), createHash('sha256').update(content).digest(), content]), {
      flag: 'wx',
      mode: 0o600,
    });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The file’s content when nobody else can have written it and its digest holds; null otherwise. */
function verified(file: string): Buffer | null {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(handle);
    const foreign = process.platform !== 'win32' && (stat.uid !== userInfo().uid || (stat.mode & 0o022) !== 0);
    if (!stat.isFile() || foreign) return null;
    const bytes = readFileSync(handle);
    const start = MAGIC.length + DIGEST_BYTES;
    if (bytes.length < start + 4 || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
    const content = bytes.subarray(start);
    return createHash('sha256').update(content).digest().equals(bytes.subarray(MAGIC.length, start)) ? content : null;
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes the folder `data` from a packed cluster, owned by `user` if given. False when there is no such file, or when it is
 * damaged or another user could have written it; throws what the operating system throws (disk full).
 */
export function unpackCluster(file: string, data: string, user: ServerUser | null): boolean {
  const content = verified(file);
  if (!content) return false;
  const body = content.subarray(4 + content.readUInt32LE(0));
  const entries = JSON.parse(content.toString('utf8', 4, content.length - body.length)) as Entry[];
  const own = (path: string) => {
    if (user) chownSync(path, user.uid, user.gid);
  };
  mkdirSync(data, { mode: 0o700 });
  own(data);
  for (const { path, size, at, length } of entries) {
    const target = join(data, path);
    if (size === null) {
      mkdirSync(target, { mode: 0o700 });
    } else {
      const handle = openSync(target, 'wx', 0o600);
      try {
        if (length > 0) writeSync(handle, body, at, length);
        if (size > length) ftruncateSync(handle, size);
      } finally {
        closeSync(handle);
      }
    }
    own(target);
  }
  // A umask of another kind must not keep the server out, which demands exactly this.
  if ((statSync(data).mode & 0o777) !== 0o700) chmodSync(data, 0o700);
  return true;
}
