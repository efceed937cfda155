import { EXIT, UserError } from '../core/errors.ts';

/** An act that is not allowed now, with cause and next step: exit 2. */
export function refused(code: string, message: string, next: string): UserError {
  return new UserError(code, message, next, EXIT.usage);
}
