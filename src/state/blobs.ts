import { join } from 'node:path';
import { sha256 } from '../core/canonical.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { BlobRef } from '../core/events.ts';
import { codeOf, type Disk, diskError, makeFolder, nodeDisk, syncFolder, writeFileDurably } from './disk.ts';

const HEX64 = /^[0-9a-f]{64}$/;

/** Content-addressed store: `blobs/sha256/<hex>`. Never changes or deletes what it holds. */
export interface BlobStore {
  /** Stores bytes durably and names them. Throws UserError (exit 3) when the disk refuses. */
  put(bytes: Uint8Array): BlobRef;
  /** Stores many with one sync of the folder. */
  putAll(list: readonly Uint8Array[]): BlobRef[];
  /** The bytes of a digest, verified. Throws UserError (exit 3): `blob-missing` or `blob-corrupt`. */
  get(hex: string): Buffer;
  /** Whether the digest is there (its content is verified by `get`). */
  has(hex: string): boolean;
}

/** Opens the blob store of an audit folder; its folder is made by the first `put`. */
export function openBlobs(auditFolder: string, disk: Disk = nodeDisk): BlobStore {
  const folder = join(auditFolder, 'blobs', 'sha256');
  const pathOf = (hex: string): string => {
    if (!HEX64.test(hex)) throw new TypeError('a blob is named by 64 lower-case hex digits');
    return join(folder, hex);
  };
  const read = (hex: string): Buffer | null => {
    try {
      return disk.readFileSync(pathOf(hex));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw diskError(error, 'a stored value cannot be read', pathOf(hex));
    }
  };

  function putAll(list: readonly Uint8Array[]): BlobRef[] {
    try {
      let wrote = false;
      const refs = list.map((bytes) => {
        const hex = sha256(bytes);
        const known = read(hex);
        // A damaged copy is replaced by the right one.
        if (known === null || sha256(known) !== hex) {
          if (!wrote) makeFolder(disk, folder);
          writeFileDurably(disk, pathOf(hex), bytes, false);
          wrote = true;
        }
        return { sha256: hex, bytes: bytes.length };
      });
      if (wrote) syncFolder(disk, folder);
      return refs;
    } catch (error) {
      throw diskError(error, 'the result could not be saved', folder);
    }
  }

  return {
    putAll,
    put(bytes) {
      const [ref] = putAll([bytes]);
      if (!ref) throw new TypeError('nothing was stored');
      return ref;
    },
    get(hex) {
      const bytes = read(hex);
      if (bytes === null) throw damaged('blob-missing', `the stored value ${hex} is missing`, pathOf(hex));
      if (sha256(bytes) !== hex)
        throw damaged('blob-corrupt', `the stored value ${hex} has been altered or damaged`, pathOf(hex));
      return bytes;
    },
    has(hex) {
      try {
        return disk.statSync(pathOf(hex)).isFile();
      } catch {
        return false;
      }
    },
  };
}

function damaged(code: string, message: string, path: string): UserError {
  return new UserError(
    code,
    `${message} (${path})`,
    'restore the audit folder from a backup or a bundle, or start a new audit; nothing is guessed from damaged evidence',
    EXIT.unknown,
  );
}
