import type { Facts } from '../../core/facts.ts';
import type { Repository } from './files.ts';
import { claimsOf, refOf } from './key-kinds.ts';

type EnvRow = Facts['repoEnv'][number];

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$/;

/** Variables of `.env*` files: names and what is public in their values (project ref, port, kind of host), never a value. */
export function readEnv(repository: Repository): Facts['repoEnv'] {
  const rows: EnvRow[] = [];
  for (const { path } of repository.envFiles) {
    const text = repository.read(path)?.text;
    if (text === undefined) continue;
    text.split('\n').forEach((source, index) => {
      const match = ASSIGNMENT.exec(source.replace(/\r$/, ''));
      if (match?.[1]) rows.push(describe(path, index + 1, match[1], unquote(match[2] ?? '')));
    });
  }
  return rows;
}

function unquote(value: string): string {
  const trimmed = value.trim();
  const quoted = /^(["'`])([\s\S]*?)\1/.exec(trimmed);
  if (quoted) return quoted[2] ?? '';
  return trimmed.replace(/\s+#.*$/, '');
}

function describe(path: string, line: number, variable: string, value: string): EnvRow {
  const claimed = value.startsWith('eyJ') ? claimsOf(value)?.ref : undefined;
  const database = databaseUrl(value);
  return {
    path,
    line,
    variable,
    // A value that is a ref and nothing else, in a variable that says so.
    ref:
      typeof claimed === 'string'
        ? claimed
        : (refOf(value) ??
          (/(^|_)(REF|PROJECT_ID|PROJECT_REF)$/i.test(variable) && /^[a-z]{20}$/.test(value) ? value : null)),
    port: database?.port ?? null,
    host: database?.host ?? null,
    pgbouncer: /[?&]pgbouncer=true\b/i.test(value),
    tlsUnchecked: variable === 'NODE_TLS_REJECT_UNAUTHORIZED' && value === '0',
    sslmode: /[?&]sslmode=([\w-]+)/i.exec(value)?.[1] ?? null,
  };
}

/** Port and kind of host of a PostgreSQL URL; null when the value is none. A password may hold any character, so the last `@` counts. */
export function databaseUrl(value: string): { port: number; host: 'direct' | 'pooler' | 'local' | 'other' } | null {
  const scheme = /^(?:postgres|postgresql|prisma\+postgres):\/\//i.exec(value);
  if (!scheme) return null;
  const authority = value.slice(scheme[0].length).split(/[?#]/)[0] ?? '';
  const target = authority.slice(authority.lastIndexOf('@') + 1).split('/')[0] ?? '';
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(target);
  const name = (match?.[1] ?? '').toLowerCase();
  const host = /^db\.[a-z]{20}\.supabase\./.test(name)
    ? 'direct'
    : /\.pooler\.supabase\.com$/.test(name)
      ? 'pooler'
      : /^(localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/.test(name)
        ? 'local'
        : 'other';
  return { port: Number(match?.[2] ?? 5432), host };
}
