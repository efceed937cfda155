import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { accessContractSchema } from '../core/access-contract.ts';
import { type Checklist, checkpointsOf } from '../core/check.ts';
import { configSchema } from '../core/config.ts';
import { snapshotHeaderSchema } from '../core/facts.ts';
import { checkReportSchema } from '../report/check-json.ts';
import { checkDoc, checklistDoc } from './explain.ts';

/** Everything that is generated from the declarations, by path from the package's root. */
export function generatedFiles(checklist: Checklist): Map<string, string> {
  const files = new Map<string, string>();
  files.set('docs/checklist.md', checklistDoc(checklist));
  for (const checkpoint of checkpointsOf(checklist)) {
    for (const check of checkpoint.checks) files.set(`docs/checks/${check.id}.md`, checkDoc(check, checkpoint));
  }
  const schemas = {
    access: accessContractSchema(),
    check: checkReportSchema,
    config: configSchema(),
    snapshot: snapshotHeaderSchema,
  };
  for (const [name, schema] of Object.entries(schemas)) {
    const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
    files.set(`schemas/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`);
  }
  return files;
}

/**
 * Writes the generated files, or with `check` only compares. Returns the paths that differed (or were superfluous).
 */
export function generateDocs(checklist: Checklist, root: string, check: boolean): string[] {
  const files = generatedFiles(checklist);
  const differing: string[] = [];
  for (const [path, text] of files) {
    let before: string | null = null;
    try {
      before = readFileSync(join(root, path), 'utf8');
    } catch {
      before = null;
    }
    if (before === text) continue;
    differing.push(path);
    if (check) continue;
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  let present: string[] = [];
  try {
    present = readdirSync(join(root, 'docs/checks'));
  } catch {
    present = [];
  }
  for (const name of present) {
    const path = `docs/checks/${name}`;
    if (files.has(path)) continue;
    differing.push(path);
    if (!check) rmSync(join(root, path));
  }
  return differing;
}
