import { sha256 } from '../core/canonical.ts';

/* BagIt 1.0 (RFC 8493): payload below data/, a manifest of it, and a manifest of the tag files. */

const LINE = /^([0-9a-f]{64}) {2}([A-Za-z0-9._/-]+)$/;
const TAG_FILES = ['README.txt', 'bag-info.txt', 'bagit.txt', 'manifest-sha256.txt'] as const;

function manifestOf(files: ReadonlyMap<string, Buffer>, names: readonly string[]): Buffer {
  return Buffer.from(
    [...names]
      .sort()
      .map((name) => `${sha256(files.get(name) ?? Buffer.alloc(0))}  ${name}\n`)
      .join(''),
  );
}

export interface BagInfo {
  /** The audit's id. */
  identifier: string;
  agent: string;
  readme: string;
}

/** The whole bag around a payload (paths without `data/`). */
export function makeBag(payload: ReadonlyMap<string, Buffer>, info: BagInfo): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (const [name, content] of payload) {
    files.set(`data/${name}`, content);
    bytes += content.length;
  }
  files.set('bagit.txt', Buffer.from('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'));
  files.set(
    'bag-info.txt',
    Buffer.from(
      `Bag-Software-Agent: ${info.agent}\nExternal-Identifier: ${info.identifier}\nPayload-Oxum: ${bytes}.${payload.size}\n`,
    ),
  );
  files.set('README.txt', Buffer.from(info.readme));
  files.set(
    'manifest-sha256.txt',
    manifestOf(
      files,
      [...payload.keys()].map((name) => `data/${name}`),
    ),
  );
  files.set('tagmanifest-sha256.txt', manifestOf(files, TAG_FILES));
  return files;
}

/** Something in a bundle that is not as it must be; `code` is stable. */
export interface Problem {
  code: string;
  message: string;
}

function readManifest(files: ReadonlyMap<string, Buffer>, name: string, problems: Problem[]): Map<string, string> {
  const listed = new Map<string, string>();
  const text = files.get(name)?.toString('utf8');
  if (text === undefined) {
    problems.push({ code: 'manifest-missing', message: `${name} is missing` });
    return listed;
  }
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push({ code: 'manifest-garbled', message: `${name} does not end with a line feed` });
  for (const [index, line] of lines.entries()) {
    const match = LINE.exec(line);
    if (!match?.[1] || !match[2] || listed.has(match[2])) {
      problems.push({ code: 'manifest-garbled', message: `${name}:${index + 1} is no valid line` });
      continue;
    }
    listed.set(match[2], match[1]);
  }
  return listed;
}

/**
 * Checks a bag against its manifests, both ways: a listed file that is missing or altered, and a file that nothing lists
 * (which sha256sum alone never notices). `signatures/` may hold unlisted files.
 */
export function checkBag(files: ReadonlyMap<string, Buffer>): Problem[] {
  const problems: Problem[] = [];
  const tags = readManifest(files, 'tagmanifest-sha256.txt', problems);
  const payload = readManifest(files, 'manifest-sha256.txt', problems);
  for (const name of TAG_FILES)
    if (!tags.has(name))
      problems.push({ code: 'manifest-incomplete', message: `tagmanifest-sha256.txt does not list ${name}` });
  for (const [name, digest] of [...tags, ...payload]) {
    const bytes = files.get(name);
    if (!bytes) problems.push({ code: 'file-missing', message: `${name} is listed but missing` });
    else if (sha256(bytes) !== digest)
      problems.push({
        code: tags.has(name) ? 'tag-altered' : 'file-altered',
        message: `${name} is not what the manifest lists`,
      });
  }
  let oxumBytes = 0;
  let oxumFiles = 0;
  for (const [name, bytes] of files) {
    if (name.startsWith('data/')) {
      oxumBytes += bytes.length;
      oxumFiles += 1;
      if (!payload.has(name))
        problems.push({ code: 'file-added', message: `${name} is in the bundle but in no manifest` });
    } else if (!tags.has(name) && name !== 'tagmanifest-sha256.txt' && !name.startsWith('signatures/')) {
      problems.push({ code: 'file-added', message: `${name} is in the bundle but in no manifest` });
    }
  }
  const oxum = /^Payload-Oxum: (\d+)\.(\d+)$/m.exec(files.get('bag-info.txt')?.toString('utf8') ?? '');
  if (!oxum || Number(oxum[1]) !== oxumBytes || Number(oxum[2]) !== oxumFiles)
    problems.push({ code: 'oxum-wrong', message: 'bag-info.txt states another payload size than there is' });
  return problems;
}
