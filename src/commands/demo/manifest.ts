import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { severitySchema } from '../../core/severity.ts';
import { packageRoot } from '../package-root.ts';

const defectSchema = z.strictObject({
  /** Unique: the check, and a word where it finds several. */
  id: z.string(),
  /** The check that must find it. */
  check: z.string(),
  /** The object of the finding, as describeObject() writes it. */
  object: z.string(),
  severity: severitySchema,
  /** The file below demo/ that plants it. */
  plantedIn: z.string(),
  /** What is wrong, in a sentence. */
  note: z.string(),
});
export type Defect = z.infer<typeof defectSchema>;

const editSchema = z.array(z.strictObject({ path: z.string(), find: z.string(), replace: z.string() }));
/** A change to one file of the repository: `find` stands in it exactly once. */
type Edit = z.infer<typeof editSchema>[number];

/** One folder of demo/defects: the files it adds to the repository, its edits, and the SQL it runs on the live database. */
export interface Overlay {
  name: string;
  files: string | null;
  edits: Edit[];
  live: string | null;
}

/** Folder of the demo's assets in this package. */
export function demoRoot(): string {
  return join(packageRoot(), 'demo');
}

/** Every planted defect, as demo/defects.json lists them. */
export function plantedDefects(): Defect[] {
  const manifest = JSON.parse(readFileSync(join(demoRoot(), 'defects.json'), 'utf8')) as { defects: unknown };
  return z.array(defectSchema).parse(manifest.defects);
}

/** The folders of demo/defects in order. */
export function overlays(): Overlay[] {
  const root = join(demoRoot(), 'defects');
  return readdirSync(root)
    .sort()
    .map((name) => {
      const inside = (file: string) => (existsSync(join(root, name, file)) ? join(root, name, file) : null);
      const edits = inside('edits.json');
      const live = inside('live.sql');
      return {
        name,
        files: inside('repository'),
        edits: edits ? editSchema.parse(JSON.parse(readFileSync(edits, 'utf8'))) : [],
        live: live ? readFileSync(live, 'utf8') : null,
      };
    });
}
