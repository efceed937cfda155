import Conf from 'conf';
import { z } from 'zod';
import { personSchema } from '../core/events.ts';

/*
 * Per-user preferences, in the system's place for them. Import this module lazily: `conf` costs tens of milliseconds that
 * most commands need not spend. Nothing here ever stops the tool: a file that is missing, broken or forbidden means no
 * preferences, and one that cannot be written is not written.
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

function openFile({ directory }: PreferenceOptions): Conf<Record<string, unknown>> {
  return new Conf<Record<string, unknown>>({
    projectName: 'supaready',
    projectSuffix: '',
    clearInvalidConfig: true,
    configFileMode: 0o600,
    ...(directory !== undefined && { cwd: directory }),
  });
}

/** What a person prefers on this machine; each part that cannot be read is as if it had never been set. */
export function readPreferences(options: PreferenceOptions = {}): Preferences {
  try {
    return preferencesSchema.parse({ ...NONE, ...openFile(options).store });
  } catch {
    return NONE;
  }
}

/** Changes the parts given; false when the file could not be written. */
export function writePreferences(change: Partial<Preferences>, options: PreferenceOptions = {}): boolean {
  try {
    openFile(options).set(change);
    return true;
  } catch {
    return false;
  }
}

/** Puts an audit on top of the recent ones (20 at most); false when the file could not be written. */
export function rememberAudit(
  audit: { directory: string; project: string; openedAt?: string },
  options: PreferenceOptions = {},
): boolean {
  const { directory, project, openedAt = new Date().toISOString() } = audit;
  const others = readPreferences(options).recentAudits.filter((one) => one.directory !== directory);
  return writePreferences({ recentAudits: [{ directory, project, openedAt }, ...others].slice(0, RECENT) }, options);
}
