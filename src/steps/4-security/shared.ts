import type { FactName } from '../../core/facts.ts';

/** Facts that sharpen every finding of this section: config.toml's exposed schemas, what is declared, and file and line. */
export const SHARPENED = ['repoConfig', 'declared'] as const satisfies readonly FactName[];

export const RLS_DOCS = 'https://supabase.com/docs/guides/database/postgres/row-level-security';
export const LINT_DOCS = 'https://supabase.com/docs/guides/database/database-linter';
