import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateDocs } from '../src/commands/docs.ts';
import { checkpointsOf } from '../src/core/check.ts';
import { checklist } from '../src/steps/checklist.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('docs/ and schemas/ are what the declarations generate', () => {
  expect(generateDocs(checklist, root, true), 'run `npm run docs`').toEqual([]);
});

test('every checkpoint has a check, a question or both, and ids are unique', () => {
  const checkpoints = checkpointsOf(checklist);
  expect(checkpoints.filter((checkpoint) => checkpoint.checks.length === 0).map((checkpoint) => checkpoint.id)).toEqual(
    [],
  );
  const ids = checkpoints.flatMap((checkpoint) => checkpoint.checks.map((check) => check.id));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  for (const checkpoint of checkpoints) {
    const questions = checkpoint.attestations.map((question) => question.id);
    expect(new Set(questions).size).toBe(questions.length);
  }
});

test('every check says why, how to mend it and where the rule comes from', () => {
  const thin = checkpointsOf(checklist)
    .flatMap((checkpoint) => checkpoint.checks)
    .filter(
      (check) =>
        [check.title, check.why, check.remedy, check.source].some((text) => text.trim().length < 2) ||
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(check.id),
    );
  expect(thin.map((check) => check.id)).toEqual([]);
});

test('the README names no command that does not exist', () => {
  const readme = readFileSync(`${root}/README.md`, 'utf8');
  const cli = readFileSync(`${root}/src/cli.ts`, 'utf8');
  const named = new Set([...readme.matchAll(/supaready ([a-z]+)/g)].map((match) => match[1] ?? ''));
  const known = new Set([...cli.matchAll(/\.command\('([a-z]+)'/g)].map((match) => match[1] ?? ''));
  const prose = new Set([
    'is',
    'on',
    'and',
    'never',
    'demo',
    'can',
    'does',
    'itself',
    'asks',
    'writes',
    'reads',
    'runs',
    'looks',
    'keeps',
    'opens',
  ]);
  expect([...named].filter((name) => !known.has(name) && !prose.has(name))).toEqual([]);
});
