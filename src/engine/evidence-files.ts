import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import type { BlobRef, EventData } from '../core/events.ts';
import { redact } from '../core/redact.ts';

/** EVIDENCE.md §7: one file of a bundle. */
const MAX_BYTES = 16 * 1024 * 1024;

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 8_192).includes(0);
}

/**
 * Stores the files attached to an attestation as blobs, secrets in texts masked before anything is hashed; links are kept
 * as they are but for credentials. Throws UserError (exit 2) for a file that is missing or larger than 16 MiB.
 */
export async function storeEvidence(
  items: readonly string[],
  blobs: { put(bytes: Buffer): BlobRef },
): Promise<EventData<'attest'>['evidence']> {
  const stored: EventData<'attest'>['evidence'] = [];
  for (const item of items) {
    if (/^https?:\/\//.test(item)) {
      stored.push({ file: redact(item), sha256: null, caption: 'link' });
      continue;
    }
    let bytes: Buffer;
    try {
      const { size } = await stat(item);
      if (size > MAX_BYTES)
        throw new UserError(
          'evidence-too-large',
          `${basename(item)} has ${size} bytes; evidence may have 16 MiB`,
          'attach an excerpt, or a link',
          EXIT.usage,
        );
      bytes = await readFile(item);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(
        'evidence-unreadable',
        `cannot read ${item}`,
        'check the path; a link must start with https://',
        EXIT.usage,
        error,
      );
    }
    const clean = isText(bytes) ? Buffer.from(redact(bytes.toString('utf8'))) : bytes;
    stored.push({ file: basename(item), sha256: blobs.put(clean).sha256, caption: `${clean.length} bytes` });
  }
  return stored;
}
