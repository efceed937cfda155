import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The forms a value can hide in, as text of which each character is a byte. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value);
  // Whatever stands before it, one of three alignments shows in base64; the first and last characters depend on the neighbours.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift + 1, -4),
  );
  const plain = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    [...value].reverse().join(''),
  ];
  return [
    ...plain.map((text) => Buffer.from(text).toString('latin1')),
    Buffer.from(value, 'utf16le').toString('latin1'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where what was said and written holds a canary, and in which form; nothing, if all is well. */
export function expectNoLeak(
  canaries: readonly string[],
  said: Readonly<Record<string, string>>,
  folders: readonly string[] = [],
): void {
  const places: [string, Buffer][] = [
    ...Object.entries(said).map(([place, text]): [string, Buffer] => [place, Buffer.from(text)]),
    ...folders.flatMap(filesUnder).map((path): [string, Buffer] => [path, readFileSync(path)]),
  ];
  const wanted = canaries.flatMap((value) => [...new Set(forms(value))].map((form) => ({ value, form })));
  const leaks = places.flatMap(([place, bytes]) => {
    const text = bytes.toString('latin1');
    return wanted.filter(({ form }) => text.includes(form)).map(({ value, form }) => `${place}: ${value} as ${form}`);
  });
  expect(leaks).toEqual([]);
}
