import fs from 'node:fs';
import type { Disk } from '../../src/state/disk.ts';

export type Fault = 'ENOSPC' | 'EIO' | 'EROFS' | 'short write';
type Call =
  | 'writeSync'
  | 'fdatasyncSync'
  | 'fsyncSync'
  | 'openSync'
  | 'renameSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync';
export const CALLS: readonly Call[] = ['writeSync', 'fdatasyncSync', 'fsyncSync', 'openSync', 'renameSync'];

export interface FaultyDisk {
  disk: Disk;
  /** Lets the nth call from now on of that kind (and with `lasting` every later one) fail. */
  fail(call: Call, nth: number, fault: Fault, lasting?: boolean): void;
  heal(): void;
  /** Whether the fault has struck since it was set. */
  struck(): boolean;
}

/** The real disk, but for calls that fail on purpose: what is written before a fault stays written, as on a real one. */
export function faultyDisk(): FaultyDisk {
  let plan: { call: Call; left: number; fault: Fault; lasting: boolean } | null = null;
  let hit = false;

  function due(call: Call): Fault | null {
    if (plan?.call !== call) return null;
    plan.left -= 1;
    if (plan.left > 0 || (plan.left < 0 && !plan.lasting)) return null;
    hit = true;
    return plan.fault;
  }
  const systemError = (code: string, call: string) => Object.assign(new Error(`${code}: injected, ${call}`), { code });

  function guarded<F extends (...args: never[]) => unknown>(call: Call, real: F): F {
    return ((...args: Parameters<F>) => {
      const fault = due(call);
      if (fault === null) return real(...args);
      if (call !== 'writeSync') throw systemError(fault === 'short write' ? 'EIO' : fault, call);
      // Half of the bytes arrive; then the system says so, or fails.
      const [fd, bytes, offset, length] = args as unknown as [number, Buffer, number, number];
      const half = Math.floor(length / 2);
      const written = half === 0 ? 0 : fs.writeSync(fd, bytes, offset, half);
      if (fault === 'short write') return written;
      throw systemError(fault, call);
    }) as F;
  }

  const disk: Disk = { ...fs };
  for (const call of [...CALLS, 'ftruncateSync', 'linkSync', 'mkdirSync'] as const) {
    Object.assign(disk, { [call]: guarded(call, fs[call] as (...args: never[]) => unknown) });
  }
  return {
    disk,
    fail(call, nth, fault, lasting = false) {
      plan = { call, left: nth, fault, lasting };
      hit = false;
    },
    heal() {
      plan = null;
    },
    struck: () => hit,
  };
}
