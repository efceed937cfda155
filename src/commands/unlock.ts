import { resolve } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import { unlock } from '../state/lock.ts';
import { listAudits } from '../state/store.ts';
import { resolveProject } from './targets.ts';

/** `supaready unlock`: removes the lock with that id, wherever among the project's audits it is. */
export async function unlockCommand(lockId: string, options: { repo?: string; stateDir?: string }): Promise<number> {
  const { stateRoot } = resolveProject(options);
  const locked = listAudits(resolve(stateRoot)).filter((audit) => audit.locked !== null);
  const audit = locked.find(
    (one) => one.locked?.id === lockId || (lockId.length >= 6 && one.locked?.id.startsWith(lockId)),
  );
  if (!audit?.locked) {
    throw new UserError(
      'unknown-lock',
      `no audit here is locked with the id “${lockId}”`,
      locked.length > 0
        ? `locked: ${locked.map((one) => one.locked?.id).join(', ')}`
        : 'no audit here is locked at all',
    );
  }
  unlock(audit.directory, audit.locked.id);
  process.stderr.write(`unlocked ${audit.id}\n`);
  return EXIT.ok;
}
