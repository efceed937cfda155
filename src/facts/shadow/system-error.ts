import { EXIT, UserError } from '../../core/errors.ts';
import type { ServerUser } from './binaries.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is no folder',
  ENAMETOOLONG: 'the path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk reported an error',
  ENOMEM: 'memory ran out',
};

/** UserError `no-room-for-shadow` (exit 3). */
export function noRoom(place: string, reason: string, cause?: unknown): UserError {
  return new UserError(
    'no-room-for-shadow',
    `The files of a throw-away PostgreSQL cannot be made below ${place}: ${reason}`,
    'Make room, or name another folder in the environment variable TMPDIR (on Windows TEMP); about 200 MB are needed',
    EXIT.unknown,
    cause,
  );
}

/** UserError `no-other-user` (exit 3): as root we start PostgreSQL as another user; a container may forbid it, or know no other. */
export function noOtherUser(user: ServerUser): UserError {
  return new UserError(
    'no-other-user',
    `PostgreSQL must not run as root, and this system does not let it run as another user (uid ${user.uid})`,
    'Run supaready as an ordinary user, or name a database of your own with --shadow-url',
    EXIT.unknown,
  );
}

/**
 * What the operating system refused while a throw-away server’s files were made below `place`, as a UserError (exit 3,
 * `no-room-for-shadow`); every other error as it is.
 */
export function systemError(error: unknown, place: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === undefined || error instanceof UserError ? undefined : REASONS[code];
  return reason === undefined ? error : noRoom(place, reason, error);
}
