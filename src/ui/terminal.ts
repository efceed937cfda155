import type { Person } from '../core/events.ts';
import type { AuditController } from '../engine/controller.ts';
import { COPY } from './copy.ts';
import { handOver } from './handover.ts';
import type { Mounted } from './ink-app.tsx';
import { InkStream } from './ink-stream.ts';
import { chooseMode } from './mode.ts';
import { colourWanted } from './theme.ts';
import type { WizardOptions } from './wizard.ts';

export interface TerminalOptions extends WizardOptions {
  /** `--screen-reader`: lines instead of screens. */
  screenReader?: boolean;
  /** What can wait until something is to be seen; gets the wizard's say over who is at the keyboard. */
  afterFirstFrame?: (known: (person: Person) => void) => void;
}

export interface WizardEnd {
  exitCode: 0 | 1 | 130;
}

const SHOW_CURSOR = '\u001B[?25h';
const PASTE_ON = '\u001B[?2004h';
const PASTE_OFF = '\u001B[?2004l';
const END_SYNC = '\u001B[?2026l';
/** Set by CI systems; Ink, seeing one, draws nothing but its last frame. A terminal is a terminal. */
const CI_VARIABLES = ['CI', 'CONTINUOUS_INTEGRATION'] as const;
const DEADLY = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** Imports Ink while the variables of CI systems are out of sight: it reads them once, when it is loaded. */
async function loadInk() {
  const hidden = CI_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of CI_VARIABLES) delete process.env[name];
  try {
    return await import('./ink-app.tsx');
  } finally {
    for (const [name, value] of hidden) if (value !== undefined) process.env[name] = value;
  }
}

/** Whatever happened, the terminal is as the shell left it: cooked, its cursor visible, no paste marks, nothing buffered. */
function restore(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): void {
  if (stdin.isTTY && stdin.isRaw) stdin.setRawMode(false);
  if (stdout.writable) stdout.write(PASTE_OFF + END_SYNC + SHOW_CURSOR);
  stdin.pause();
  stdin.unref();
}

async function runInk(controller: AuditController, options: TerminalOptions): Promise<WizardEnd> {
  const { stdin, stdout } = process;
  const { mount } = await loadInk();
  await handOver(stdin);
  const stream = new InkStream(stdout);
  let leave: (code: WizardEnd['exitCode']) => void = () => {};
  const left = new Promise<WizardEnd['exitCode']>((resolve) => {
    leave = resolve;
  });
  stdout.write(PASTE_ON);
  const ci = CI_VARIABLES.some((name) => process.env[name]);
  let mounted: Mounted | null = null;
  const resized = () => {
    stream.reflow();
    mounted?.resize();
  };
  const killed = (signal: NodeJS.Signals) => {
    mounted?.unmount();
    restore(stdin, stdout);
    stdout.write(`${COPY.saved(options.resumeCommand)}\n`);
    for (const name of DEADLY) process.off(name, killed);
    void controller.close().finally(() => process.kill(process.pid, signal));
  };
  // Before the first frame: whoever sees it may send a signal at once.
  stdout.on('resize', resized);
  for (const signal of DEADLY) process.on(signal, killed);
  try {
    const drawn = mount({
      controller,
      options,
      stream: stream as unknown as NodeJS.WriteStream,
      stdin,
      size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
      colour: colourWanted(process.env),
      animate: !ci,
      exit: leave,
    });
    mounted = drawn;
    setImmediate(() => options.afterFirstFrame?.(drawn.known));
    const exitCode = await Promise.race([left, drawn.failed]);
    return { exitCode };
  } finally {
    stdout.off('resize', resized);
    for (const signal of DEADLY) process.off(signal, killed);
    mounted?.unmount();
    restore(stdin, stdout);
  }
}

async function inLines(controller: AuditController, options: TerminalOptions): Promise<WizardEnd> {
  const { runPlain } = await import('./plain/plain.ts');
  let { person } = options;
  options.afterFirstFrame?.((known) => {
    person ??= known;
  });
  return runPlain(controller, { ...options, person });
}

/**
 * The wizard on the terminal, from its first frame to the line that says how to resume. Sole owner of the tty meanwhile.
 * Chooses screens or lines; throws UserError (exit 2) without a terminal. 0: the audit is ready; 1: it is not; 130: Ctrl-C.
 */
export async function runWizard(controller: AuditController, options: TerminalOptions): Promise<WizardEnd> {
  const { stdin, stdout } = process;
  const mode = chooseMode({
    inputIsTty: stdin.isTTY === true,
    outputIsTty: stdout.isTTY === true,
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
    env: process.env,
    asked: options.screenReader === true,
  });
  const end = mode === 'ink' ? await runInk(controller, options) : await inLines(controller, options);
  const { gate, state } = controller.view();
  const decision = gate.signed ? `signed off as ${gate.signed.decision}` : gate.decision;
  stdout.write(`${state.project}: ${decision}\n${COPY.saved(options.resumeCommand)}\n`);
  return end;
}
