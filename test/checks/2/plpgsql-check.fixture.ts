import type { CheckFixture } from '../fixture.ts';

const SILENT = `
  create table public.notes (id int primary key, body text);
  create function public.writes() returns void language plpgsql as $$ begin insert into public.notes values (1, 'x'); end $$;
  create function public.old_column() returns trigger language plpgsql as $$ begin new.tokens := 1; return new; end $$;
  create function public.unused() returns void language plpgsql as $$ declare n int; begin null; end $$;
`;
const issue = (name: string, level: 'error' | 'security' | 'warning', message: string, body: string) => ({
  schema: 'public',
  name,
  arguments: '',
  body,
  table: null,
  line: 1,
  statement: null,
  level,
  sqlstate: level === 'error' ? '42703' : '00000',
  message,
});
/** sha256 of the bodies above. */
const OLD_COLUMN = '247df2906b99da54df4a86cfee4091ec7c64dfe2e0665464cce2456fc339ad5d';
const UNUSED = '445737fa19ac3a7147cb2d59b394567c9ff9c64f6e482922e061e6b579d6a1b9';
const report = (issues: ReturnType<typeof issue>[]) => ({
  version: '2.7',
  server: '15.1',
  checked: [],
  issues,
  unjudged: [],
});

export default {
  check: 'plpgsql-check',
  silent: SILENT,
  defect: '',
  expect: [
    { object: 'public.old_column()', severity: 'blocker' },
    { object: 'public.old_column()', severity: 'medium' },
    { object: 'public.unused()', severity: 'low' },
  ],
  repair: '',
  // The test server has no plpgsql_check; test/facts/shadow-functions.test.ts runs the real one where there is one.
  overlay: {
    silent: { plpgsqlCheckLive: report([issue('old_column', 'error', 'of another body', 'x')]) },
    defect: {
      plpgsqlCheckLive: report([
        issue('old_column', 'error', 'record "new" has no field "tokens"', OLD_COLUMN),
        issue('old_column', 'security', 'text type variable is not sanitized', OLD_COLUMN),
        issue('unused', 'warning', 'unused variable "n"', UNUSED),
      ]),
    },
    fixed: { plpgsqlCheckLive: report([]) },
  },
} satisfies CheckFixture;
