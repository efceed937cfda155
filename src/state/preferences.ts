import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import * as z from 'zod';
import { personSchema } from '../core/events.ts';
import { ONCE } from '../core/parse-once.ts';

/*
 * Per-user preferences, in the system's place for them. `conf` writes them; it is loaded only then, since it costs tens of
 * milliseconds that a reader (the wizard before its first frame) need not spend. Nothing here ever stops the tool: a file
 * that is missing, broken or forbidden means no preferences, and one that cannot be written is not written.
 */

const RECENT = 20;
const recentAuditSchema = z.object({
  /** The audit's folder. */
  directory: z.string(),
  project: z.string(),
  /** ISO 8601 UTC. */
  openedAt: z.string(),
});
const preferencesSchema = z.object({
  /** Last opened first. */
  recentAudits: z.array(recentAuditSchema).catch([]),
  /** Who attests and waives on this machine: a proposal in forms, no more. */
  person: personSchema.nullable().catch(null),
  /** Linear output instead of a drawn screen. */
  screenReader: z.boolean().catch(false),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const NONE: Preferences = { recentAudits: [], person: null, screenReader: false };

export interface PreferenceOptions {
  /** Folder of the preferences file; the system's place for it when absent. */
  directory?: string;
}

const PROJECT = 'supaready';

function folderOf({ directory }: PreferenceOptions): string {
  return directory ?? envPaths(PROJECT, { suffix: '' }).config;
}

async function openFile(options: PreferenceOptions) {
  const { default: Conf } = await import('conf');
  return new Conf<Record<string, unknown>>({
    projectName: PROJECT,
    clearInvalidConfig: true,
    configFileMode: 0o600,
    cwd: folderOf(options),
  });
}

/** What a person prefers on this machine; each part that cannot be read is as if it had never been set. */
export function readPreferences(options: PreferenceOptions = {}): Preferences {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(folderOf(options), 'config.json'), 'utf8'));
    return preferencesSchema.parse({ ...NONE, ...(stored as object) }, ONCE);
  } catch {
    return NONE;
  }
}

/** Changes the parts given; false when the file could not be written. */
export async function writePreferences(
  change: Partial<Preferences>,
  options: PreferenceOptions = {},
): Promise<boolean> {
  try {
    (await openFile(options)).set(change);
    return true;
  } catch {
    return false;
  }
}

/** Puts an audit on top of the recent ones (20 at most); false when the file could not be written. */
export async function rememberAudit(
  audit: { directory: string; project: string; openedAt?: string },
  options: PreferenceOptions = {},
): Promise<boolean> {
  const { directory, project, openedAt = new Date().toISOString() } = audit;
  const others = readPreferences(options).recentAudits.filter((one) => one.directory !== directory);
  return writePreferences({ recentAudits: [{ directory, project, openedAt }, ...others].slice(0, RECENT) }, options);
}
