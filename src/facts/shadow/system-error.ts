import { EXIT, UserError } from '../../core/errors.ts';

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

/**
 * What the operating system refused while a throw-away server’s files were made below `place`, as a UserError (exit 3,
 * `no-room-for-shadow`); every other error as it is.
 */
export function systemError(error: unknown, place: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === undefined || error instanceof UserError ? undefined : REASONS[code];
  if (reason === undefined) return error;
  return new UserError(
    'no-room-for-shadow',
    `The files of a throw-away PostgreSQL cannot be made below ${place}: ${reason}`,
    'Make room, or name another folder in the environment variable TMPDIR (on Windows TEMP); about 200 MB are needed',
    EXIT.unknown,
    error,
  );
}
