/**
 * How a zod schema reads what is read once or a few times: without first compiling itself to a function, which costs more
 * than a thousand parses save, and before the first frame.
 */
export const ONCE = { jitless: true } as const;
