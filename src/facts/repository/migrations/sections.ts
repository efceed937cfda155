import type { MigrationTool } from './discover.ts';

/*
 * Migrations that hold both ways in one file: dbmate (`-- migrate:up`, `-- migrate:down`), goose (`-- +goose Up`,
 * `-- +goose Down`), sql-migrate (`-- +migrate Up`, `-- +migrate Down`). Their markers are comments with a line of their own.
 */

const MARKER = /^[ \t]*--[ \t]*(?:(?:\+goose|\+migrate)[ \t]+(up|down)|migrate:(up|down))\b[ \t]*(.*)$/i;

export type Direction = 'up' | 'down';

/** One direction of a migration file. */
export interface Section {
  /** As long as the file in lines, so that places stay true; lines of the other direction are empty. */
  text: string;
  /** False where the file asks its tool for no transaction. */
  transaction: boolean;
}

/** Whether a script holds both ways, by its markers. */
export function hasSections(script: string): boolean {
  return script.includes('--') && script.split('\n').some((line) => MARKER.test(line));
}

/** The part of a script for one direction; a script without markers is all `up`, and null stands for no `down`. */
export function sectionOf(script: string, direction: Direction): Section | null {
  if (!hasSections(script)) return direction === 'up' ? { text: script, transaction: true } : null;
  let current: Direction | null = null;
  let seen = false;
  let transaction = !/^[ \t]*--[ \t]*\+goose[ \t]+no[ \t]+transaction\b/im.test(script);
  const lines = script.split('\n').map((line) => {
    const marker = MARKER.exec(line);
    if (marker) {
      current = (marker[1] ?? marker[2] ?? 'up').toLowerCase() === 'down' ? 'down' : 'up';
      if (current === direction) {
        seen = true;
        if (/transaction:false|notransaction/i.test(marker[3] ?? '')) transaction = false;
      }
      return '';
    }
    return current === direction ? line : '';
  });
  const text = lines.join('\n');
  return seen && (direction === 'up' || text.trim() !== '') ? { text, transaction } : null;
}

/**
 * What a tool runs of a migration file, as one SQL script with the file's lines. Drizzle's marker ends a statement (its files
 * often have no semicolons); plain folders' files may hold both ways.
 */
export function upScript(text: string, tool: MigrationTool | null): Section {
  const plain = text.replace(/^\ufeff/, '');
  if (tool === 'drizzle') return { text: plain.replaceAll('--> statement-breakpoint', ';'), transaction: true };
  if (tool !== 'sql') return { text: plain, transaction: true };
  return sectionOf(plain, 'up') ?? { text: '', transaction: true };
}
