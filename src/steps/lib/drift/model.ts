import type { ObjectRef } from '../../../core/object.ts';
import type { Severity } from '../../../core/severity.ts';
import type { Side } from './side.ts';

/** The two databases, and what both know of each other. `from` and `to` are the same two, by the direction of a change. */
export interface Pair {
  live: Side;
  migrations: Side;
  /** Names of live objects that the migrations have under another name, as they are found. */
  names: Map<string, string>;
}
export interface Direction {
  /** What the statements run on. */
  from: Side;
  /** What it is made like. */
  to: Side;
}

/** How the two sides of one property read to a person; null where there is none of it. */
export interface Shown {
  live: string | null;
  migrations: string | null;
}

/** One property of an object. */
export interface Aspect<R> {
  /** Stable: part of the fingerprint. In words, as in “the … of public.orders”. */
  name: string;
  /** Null when both are the same. */
  compare(live: R, migrations: R, pair: Pair): Shown | null;
  severity: Severity | ((live: R, migrations: R) => Severity);
  /** What follows from the difference; none when it goes without saying. */
  follows?: string | ((live: R, migrations: R, pair: Pair) => string);
  /** A difference in it is also one of every part of the object: those are not told. */
  ofWhole?: true;
  /** Statements that give `from` this property of `to`. */
  change(from: R, to: R, direction: Direction): string[];
}

/** A kind of object: how it is told apart, compared, made and dropped. */
export interface Kind<R> {
  /** Names the kind among others. */
  id: string;
  rows(side: Side): readonly R[];
  /** Unique among the rows of a side, and the same on both sides for the same object. */
  key(row: R, side: Side): string;
  object(row: R): ObjectRef;
  aspects: readonly Aspect<R>[];
  /** Of an object that only one side has; null where that is nobody's concern. */
  presence: Severity | null | ((row: R, where: 'live' | 'migrations') => Severity | null);
  /** Statements that make the object with all that belongs to it; `direction.to` has it. */
  create(row: R, direction: Direction): string[];
  /** `direction.from` has it. */
  drop(row: R, direction: Direction): string[];
  /** The object it is part of, as wholeKey: where that is missing on a side, its parts go without saying. */
  whole?(row: R): string;
  /** What a row that a side has not stands for there, where that is not nothing: then its aspects are compared all the same. */
  absent?(row: R): R;
  /** All of an object but its name: one that only one side has and one that only the other has, with equal texts, make a rename. */
  nameless?(row: R, side: Side): string | null;
  rename?(from: R, to: R, direction: Direction): string[];
  /** Severity of another name; `medium` unless given. */
  renamed?: Severity;
}

/** How a part names what it belongs to. */
export function wholeKey(kind: string, key: string): string {
  return `${kind}\u0000${key}`;
}

/** One difference between the live database and what the migrations make. */
export interface Difference {
  object: ObjectRef;
  /** Aspect's name, `missing` or `extra`, as seen from the live database; part of the fingerprint. */
  aspect: string;
  severity: Severity;
  shown: Shown;
  follows: string | null;
  /** Statements that make the live database like the migrations. */
  fix: string[];
  /** Statements that make the migrations like the live database. */
  migration: string[];
}

/** An aspect that is one text: the same text, or the same to `same`, is no difference. */
export function textAspect<R>(
  aspect: Omit<Aspect<R>, 'compare'> & {
    text(row: R, side: Side): string | null;
    same?(live: string, migrations: string, pair: Pair, rows: { live: R; migrations: R }): boolean;
  },
): Aspect<R> {
  const { text, same, ...rest } = aspect;
  return {
    ...rest,
    compare(live, migrations, pair) {
      const shown = { live: text(live, pair.live), migrations: text(migrations, pair.migrations) };
      if (shown.live === shown.migrations) return null;
      if (
        same !== undefined &&
        shown.live !== null &&
        shown.migrations !== null &&
        same(shown.live, shown.migrations, pair, { live, migrations })
      )
        return null;
      return shown;
    },
  };
}

/** An aspect that is on or off. */
export function flagAspect<R>(
  aspect: Omit<Aspect<R>, 'compare'> & { on(row: R): boolean; words?: readonly [on: string, off: string] },
): Aspect<R> {
  const { on, words = ['on', 'off'], ...rest } = aspect;
  return textAspect({ ...rest, text: (row) => (on(row) ? words[0] : words[1]) });
}
