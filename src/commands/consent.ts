import { UserError } from '../core/errors.ts';
import type { AuditController } from '../engine/controller.ts';
import { readPreferences } from '../state/preferences.ts';
import type { AuditOptions } from './options.ts';
import { knownPerson } from './person.ts';

/** Journals the consents of --allow-probe before anything runs. Throws UserError when nobody is known to have given them. */
export async function giveConsents(session: AuditController, options: AuditOptions, directory: string): Promise<void> {
  const probes = options.allowProbe ?? [];
  if (probes.length === 0) return;
  const person = knownPerson(undefined, readPreferences().person, directory);
  if (!person)
    throw new UserError(
      'nobody-known',
      '--allow-probe is a person’s consent, and nobody is known here',
      'say who you are with SUPAREADY_BY="Name <e-mail>", or set user.name in git',
    );
  for (const probe of probes) await session.consent(probe, person);
}
