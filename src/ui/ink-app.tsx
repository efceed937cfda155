import { render } from 'ink';
import type { Person } from '../core/events.ts';
import type { AuditController } from '../engine/controller.ts';
import { App } from './app.tsx';
import type { Size } from './state.ts';
import { Wizard, type WizardOptions } from './wizard.ts';

/** Frames per second at most: a key's frame never waits for the one before it. */
const MAX_FPS = 120;

export interface Mounted {
  /** The terminal has another size. */
  resize(): void;
  /** Says who is at the keyboard, unless they have said so themselves. */
  known(person: Person): void;
  /** Wipes the frame and lets go of the terminal. Idempotent. */
  unmount(): void;
  /** Rejects when drawing fails. */
  failed: Promise<never>;
}

/** Draws the wizard with Ink. */
export function mount(options: {
  controller: AuditController;
  options: WizardOptions;
  stream: NodeJS.WriteStream;
  stdin: NodeJS.ReadStream;
  size(): Size;
  colour: boolean;
  animate: boolean;
  exit(code: 0 | 1 | 130): void;
}): Mounted {
  const wizard = new Wizard(options.controller, options.options, options.size(), options.exit);
  const instance = render(<App wizard={wizard} colour={options.colour} animate={options.animate} />, {
    stdout: options.stream,
    stdin: options.stdin,
    exitOnCtrlC: false,
    patchConsole: true,
    maxFps: MAX_FPS,
    isScreenReaderEnabled: false,
  });
  const failed = instance.waitUntilExit().then(
    () => new Promise<never>(() => {}),
    (error: unknown) => {
      throw error;
    },
  );
  let gone = false;
  return {
    resize: () => wizard.resize(options.size()),
    known: (person) => wizard.recognise(person),
    unmount: () => {
      if (gone) return;
      gone = true;
      instance.rerender(null);
      instance.unmount();
    },
    failed,
  };
}
