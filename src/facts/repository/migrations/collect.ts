import { sha256 } from '../../../core/canonical.ts';
import type { Facts } from '../../../core/facts.ts';
import { type Node, parseScript, type Statement, statementsDigest, tokensDigest, walk } from '../../../core/sql.ts';
import { folderOf, type Repository, type TextFile } from '../files.ts';
import { statementsOfBlock, stringValue } from './block-statements.ts';
import { findDeclaredSchema } from './declared.ts';
import { findMigrations, findSeeds } from './discover.ts';
import { OriginTracker } from './origins.ts';
import { sectionOf, upScript } from './sections.ts';

type RepoMigrations = Facts['repoMigrations'];
type Fixture = RepoMigrations['fixtures'][number];

const MAIL = /^[^\s@'"]+@[^\s@'"]+\.[a-z]{2,}$/i;
/** Names reserved for examples and tests (RFC 2606, RFC 6761), and what people type instead. */
const FIXTURE_DOMAIN =
  /@(.*\.)?(example\.(com|org|net)|test\.(com|de|org|net|io)|mailinator\.com|[^.@]+\.(test|example|invalid|localhost))$/i;
const FIXTURE_NAME =
  /^(test|tests|tester|testuser|demo|fake|dummy|foo|bar|john\.?doe|jane\.?doe)([+._-]?\d*|\+[^@]*)@/i;

/** Reads the migrations and seeds of a repository. The SQL parser must be loaded. */
export function readMigrations(
  repository: Repository,
  config: Facts['repoConfig'],
  override: string | undefined,
): { value: RepoMigrations; notes: string[] } {
  const { tool, directory, files, skipped, missing, downs, others } = findMigrations(repository, override);
  const notes: string[] = [];
  const tracker = new OriginTracker();
  const fixtures: Fixture[] = [];
  const destructive: RepoMigrations['destructive'] = [];

  const read = files.map((file): RepoMigrations['files'][number] => {
    const read = repository.read(file.path);
    const down = downs.get(file.path) ?? null;
    if (read === null) {
      notes.push(`${file.path} is too large or not text`);
      return { ...file, ...UNREAD, down };
    }
    const { text } = read;
    const { statements, error } = parseScript(upScript(text, tool).text);
    tracker.startFile();
    const bothWays = tool === 'sql' && sectionOf(text, 'down') !== null;
    const hasDown = down !== null || bothWays;
    for (const statement of statements) {
      for (const { line, statement: words } of tracker.apply(statement, file.path)) {
        destructive.push({ path: file.path, line, statement: words, hasDown });
      }
      fixtures.push(...fixturesOf(statement, file.path, false));
    }
    if (error) notes.push(`${file.path} does not parse at line ${error.line}`);
    return {
      ...file,
      ...digestsOf(read),
      statementsSha256: error ? null : statementsDigest(text),
      tokensSha256: error ? null : tokensDigest(text),
      statements: statements.length,
      error: error ? `line ${error.line}: ${error.message}` : null,
      down: down ?? (bothWays ? file.path : null),
      wayBackNoted: WAY_BACK.test(text),
    };
  });

  const seed = (config?.values.db as { seed?: { sql_paths?: unknown } } | undefined)?.seed?.sql_paths;
  const sqlPaths = Array.isArray(seed) ? seed.filter((path): path is string => typeof path === 'string') : null;
  const seeds = findSeeds(repository, config ? folderOf(config.path) : null, sqlPaths).filter(
    (path) => !files.some((file) => file.path === path),
  );
  for (const path of seeds) {
    if (!path.endsWith('.sql')) continue;
    const text = repository.read(path)?.text;
    if (text === undefined) continue;
    for (const statement of parseScript(text).statements) fixtures.push(...fixturesOf(statement, path, true));
  }
  const declared = findDeclaredSchema(repository, config, tool === 'supabase' ? directory : null);
  return {
    value: {
      tool,
      directory,
      files: read,
      skipped,
      missing,
      others,
      declared,
      fixtures,
      destructive,
      seeds,
      origins: tracker.origins(),
    },
    notes,
  };
}

const UNREAD = {
  sha256: '',
  statementsSha256: null,
  tokensSha256: null,
  otherNewlinesSha256: null,
  statements: 0,
  error: 'too large or not text',
  wayBackNoted: false,
} as const;

/** A comment that says how to undo the migration, or how to go on if it fails. */
const WAY_BACK =
  /^[ \t]*(?:--|\/?\*)+[ \t]*(?:to )?(?:roll ?back|revert|undo|down|way back|forward[ -]fix|roll ?forward)\b/im;

/** Digests of a file's bytes, as Prisma and Drizzle take them, with its own and with the other line ends. */
function digestsOf({ text, encoding }: TextFile): { sha256: string; otherNewlinesSha256: string | null } {
  const mark = encoding === 'utf-8 with BOM' ? '\ufeff' : '';
  const other = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n');
  return {
    sha256: sha256(mark + text),
    otherNewlinesSha256: other === text ? null : sha256(mark + other),
  };
}

/** Users and fixture mail addresses that a statement writes. Only what it inserts or updates itself: not a policy's or function's text. */
function fixturesOf(statement: Statement, path: string, seed: boolean): Fixture[] {
  const nodes =
    'DoStmt' in statement.node ? statementsOfBlock(statement.text).map(({ node }) => node) : [statement.node];
  return nodes.flatMap((node) => fixturesIn(node, path, statement.line, seed));
}

function fixturesIn(node: Node, path: string, line: number, seed: boolean): Fixture[] {
  const writes: Record<string, unknown>[] = [];
  walk(node, (type, inner) => {
    if (type === 'CreateFunctionStmt' || type === 'CreatePolicyStmt' || type === 'ViewStmt') return false;
    if (type === 'InsertStmt' || type === 'UpdateStmt') writes.push(inner);
    return true;
  });
  const found: Fixture[] = [];
  for (const write of writes) {
    const relation = write.relation as { schemaname?: string; relname?: string } | undefined;
    if (relation?.schemaname === 'auth' && relation.relname === 'users' && 'cols' in write) {
      if (isLiteralInsert(write)) found.push({ path, line, kind: 'auth-user', seed });
    }
    let mail = false;
    walk(write, (type, inner) => {
      if (type !== 'A_Const') return true;
      const text = stringValue({ A_Const: inner as { sval?: { sval?: string } } });
      if (text !== null && isFixtureMail(text)) mail = true;
      return true;
    });
    if (mail) found.push({ path, line, kind: 'fixture-email', seed });
  }
  return found;
}

function isLiteralInsert(insert: Record<string, unknown>): boolean {
  const select = (insert.selectStmt as { SelectStmt?: Record<string, unknown> } | undefined)?.SelectStmt;
  // `insert … select … from another table` copies users that exist; literal rows make new ones.
  return (
    Array.isArray(select?.valuesLists) ||
    !Array.isArray(select?.fromClause) ||
    select.fromClause.some((from) => 'RangeFunction' in from)
  );
}

/** True for addresses on reserved domains or with a fixture's name. */
export function isFixtureMail(text: string): boolean {
  return MAIL.test(text) && (FIXTURE_DOMAIN.test(text) || FIXTURE_NAME.test(text));
}
