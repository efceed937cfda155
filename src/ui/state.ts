import type { Person } from '../core/events.ts';
import type { KeyContext } from './key-rules.ts';
import type { CheckpointFilter } from './model/checkpoint.ts';
import type { Field, FormState } from './model/form.ts';
import type { Line } from './model/line.ts';
import type { Running } from './model/progress.ts';
import type { Tone } from './theme.ts';

/** A form on screen: what it asks, what was typed, and what happens on `y`. */
export interface FormPlace {
  kind: 'form';
  title: string;
  /** What it is about, above the fields. */
  intro: readonly string[];
  fields: readonly Field[];
  form: FormState;
  /** False for the first 300 ms, while keys typed ahead are dropped. */
  armed: boolean;
  /** What `y` records, in words. */
  confirm(values: Readonly<Record<string, string>>): string;
  /** Does it; the text is shown as a notice. */
  submit(values: Readonly<Record<string, string>>): Promise<string>;
  /** What follows once it is done and the form is gone. */
  after?(): void;
}

/** One screen with the little it remembers; the screens below it wait on the stack. */
export type Place =
  | { kind: 'overview'; cursor: string | null; at: number; expanded: readonly number[] }
  | { kind: 'checkpoint'; id: string; cursor: string | null; at: number; filter: CheckpointFilter; typing: boolean }
  | { kind: 'finding'; fingerprint: string; environment: string; scroll: number }
  | { kind: 'blocked'; checkpoint: string | null; cursor: string | null; at: number }
  | { kind: 'explain'; check: string | null; checkpoint: string; scroll: number }
  | { kind: 'help'; context: KeyContext; filter: string; typing: boolean; scroll: number }
  | { kind: 'signoff'; scroll: number }
  | FormPlace;

interface Notice {
  tone: Tone;
  text: string;
}

export interface WizardState {
  stack: readonly Place[];
  running: Running | null;
  /** An intent is being written: keys do nothing until it is safe. */
  busy: boolean;
  notice: Notice | null;
  person: Person | null;
  /** Fingerprints the latest run brought. */
  appeared: ReadonlySet<string>;
  /** Lines that went into the scrollback, oldest first. */
  log: readonly { id: number; line: Line }[];
  /** PostgreSQL's lexer is loaded: SQL can be coloured. */
  scanner: boolean;
}

export interface Size {
  columns: number;
  rows: number;
}

/** Smallest terminal the screens are drawn in. */
export const MINIMUM: Size = { columns: 40, rows: 12 };

/** Lines between header and footer: rows − 1 (a taller frame makes Ink wipe the scrollback), two header lines, two rules, footer, status. */
export function bodyHeight(size: Size, statusLines: number): number {
  return Math.max(1, size.rows - 1 - 5 - statusLines);
}
