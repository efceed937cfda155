import { z } from 'zod';
import { type Person, personSchema } from '../core/events.ts';

const RECENT = 20;
const recentAuditSchema = z.object({
  /** The audit's folder. */
  path: z.string(),
  project: z.string(),
  /** ISO 8601 UTC. */
  openedAt: z.string(),
});
export type RecentAudit = z.infer<typeof recentAuditSchema>;

const preferencesSchema = z.object({
  recentAudits: z.array(recentAuditSchema).catch([]),
  /** Who attests and waives on this machine: only a proposal in forms. */
  person: personSchema.nullable().catch(null),
  /** Linear output instead of a drawn screen; null = as the environment says. */
  screenReader: z.boolean().nullable().catch(null),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const NONE: Preferences = { recentAudits: [], person: null, screenReader: null };

export interface PreferenceOptions {
  /** Folder of the preferences file; the system's place for it when absent. */
  directory?: string;
}

/** Opens the file. `conf` is loaded only here: most commands never need it. */
async function open({ directory }: PreferenceOptions) {
  const { default: Conf } = await import('conf');
  return new Conf<Record<string, unknown>>({
    projectName: 'supaready',
    projectSuffix: '',
    clearInvalidConfig: true,
    configFileMode: 0o600,
    ...(directory !== undefined && { cwd: directory }),
  });
}

/** What a person prefers on this machine. Never fails: a file that is missing, broken or forbidden means no preferences. */
export async function loadPreferences(options: PreferenceOptions = {}): Promise<Preferences> {
  try {
    const { store } = await open(options);
    return preferencesSchema.parse({ ...NONE, ...store });
  } catch {
    return NONE;
  }
}

/** Keeps preferences; false when the file could not be written, which is no reason to stop. */
async function save(
  change: (current: Preferences) => Partial<Preferences>,
  options: PreferenceOptions,
): Promise<boolean> {
  try {
    const file = await open(options);
    const current = preferencesSchema.parse({ ...NONE, ...file.store });
    file.set(change(current));
    return true;
  } catch {
    return false;
  }
}

/** Puts an audit on top of the list of recent ones (20 at most). */
export function rememberAudit(audit: RecentAudit, options: PreferenceOptions = {}): Promise<boolean> {
  return save(
    ({ recentAudits }) => ({
      recentAudits: [audit, ...recentAudits.filter(({ path }) => path !== audit.path)].slice(0, RECENT),
    }),
    options,
  );
}

/** Remembers who last attested or waived, as the proposal for next time. */
export function rememberPerson(person: Person, options: PreferenceOptions = {}): Promise<boolean> {
  return save(() => ({ person }), options);
}

/** Remembers whether output is to be linear. */
export function rememberScreenReader(screenReader: boolean, options: PreferenceOptions = {}): Promise<boolean> {
  return save(() => ({ screenReader }), options);
}
