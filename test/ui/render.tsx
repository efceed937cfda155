import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { onTestFinished } from 'vitest';
import { App } from '../../src/ui/app.tsx';
import { textOf } from '../../src/ui/model/line.ts';
import { Wizard, type WizardOptions } from '../../src/ui/wizard.ts';
import type { MemoryController } from './memory-controller.ts';

export interface Harness {
  wizard: Wizard;
  frame(): string;
  /** Types keys: characters, or names in <>, e.g. `<enter>`. */
  press(...keys: string[]): void;
  /** Waits until the frame matches; never sleeps. */
  waitFor(what: RegExp | string | ((frame: string) => boolean)): Promise<string>;
  resize(columns: number, rows: number): void;
  exited: (number | null)[];
  copied: string[];
  saved: string[];
}

const BYTES: Readonly<Record<string, string>> = {
  '<enter>': '\r',
  '<esc>': '\u001B',
  '<up>': '\u001B[A',
  '<down>': '\u001B[B',
  '<right>': '\u001B[C',
  '<left>': '\u001B[D',
  '<pgdn>': '\u001B[6~',
  '<tab>': '\t',
  '<back>': '\u007F',
  '<ctrl-c>': '\u0003',
};

/** Waits for something, looking again on every turn of the event loop; fails with `describe()` after five seconds. */
async function until(condition: () => boolean, describe: () => string): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`it never came; at the end there was:\n${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const PERSON = { name: 'Ada', email: 'ada@example.org', role: null };

/** The wizard drawn by Ink into memory. */
export function draw(
  controller: MemoryController,
  options: { columns?: number; rows?: number; colour?: boolean } & Partial<WizardOptions> = {},
): Harness {
  const { columns = 80, rows = 24, colour = false, ...rest } = options;
  const exited: (number | null)[] = [];
  const copied: string[] = [];
  const saved: string[] = [];
  const wizard = new Wizard(
    controller,
    {
      resumeCommand: 'supaready',
      person: PERSON,
      savePerson: (person) => saved.push(person.name),
      openUrl: async () => {},
      copy: async (text) => {
        copied.push(text);
        return 'clipboard';
      },
      ...rest,
    },
    { columns, rows },
    (code) => exited.push(code),
  );
  const tree = <App wizard={wizard} colour={colour} animate={false} />;
  const app = render(<Text> </Text>);
  let width = columns;
  Object.defineProperty(app.stdout, 'columns', { get: () => width });
  app.rerender(tree);
  onTestFinished(() => app.unmount());
  const frame = () => app.lastFrame() ?? '';
  return {
    wizard,
    frame,
    press: (...keys) => {
      for (const key of keys) app.stdin.write(BYTES[key] ?? key);
    },
    waitFor: async (what) => {
      const matches = (text: string) =>
        typeof what === 'string' ? text.includes(what) : what instanceof RegExp ? what.test(text) : what(text);
      await until(() => matches(frame()), frame);
      return frame();
    },
    resize: (nextColumns, nextRows) => {
      width = nextColumns;
      wizard.resize({ columns: nextColumns, rows: nextRows });
    },
    exited,
    copied,
    saved,
  };
}

/** What was printed above the screen. */
export const printed = (wizard: Wizard): string[] => wizard.snapshot().log.map(({ line }) => textOf(line));
