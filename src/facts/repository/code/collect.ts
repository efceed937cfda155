import { setImmediate } from 'node:timers/promises';
import type { Facts } from '../../../core/facts.ts';
import { isVendored, type Repository } from '../files.ts';
import { CODE_FILE, isCall, lineOf, walkAst } from './ast.ts';
import { callsOf } from './calls.ts';
import { creationInfo, isClientCreation, isTyped } from './clients.ts';
import { marksOf } from './marks.ts';
import { type Module, Modules } from './modules.ts';
import { type Side, Sides } from './sides.ts';

type RepoCode = Facts['repoCode'];

/** Tests, stories and mocks talk to things that need not exist; generated declarations hold no calls. */
const NOT_PRODUCT =
  /(\.(test|spec|stories|mock|e2e|cy)\.[cm]?[jt]sx?|\.d\.[cm]?ts)$|(^|\/)(__tests__|__mocks__|__fixtures__|e2e|cypress|playwright|tests?|fixtures|mocks)\//;
const GENERATED_FOLDER =
  /(^|\/)(dist|build|out|coverage|\.svelte-kit|\.nuxt|\.output|vendor|generated|__generated__)\//;

/** A file without any of these words has nothing the facts ask for, and is parsed only when another file imports from it. */
const WORTH_PARSING =
  /supabase|\.from\b|\.rpc\b|postgres|stripe|Sentry|opentelemetry|otel|fetch\(|Deno\.|rejectUnauthorized|NODE_TLS|sslmode|console\.|[Aa]ccess-[Cc]ontrol|\.channel\(|broadcast|presence|deleteUser|getSession|getUser|getClaims|cors\(/;

/** True for source files whose calls are judged. */
export function isProductCode(path: string): boolean {
  return CODE_FILE.test(path) && !isVendored(path) && !NOT_PRODUCT.test(path) && !GENERATED_FOLDER.test(path);
}

/** Parses the repository's JavaScript and TypeScript and collects supabase-js calls, clients and notable code. */
export async function readCode(
  repository: Repository,
  signal: AbortSignal | undefined,
): Promise<{ value: RepoCode; notes: string[] }> {
  const all = [...new Set([...repository.files, ...repository.untracked])].filter(
    (path) => CODE_FILE.test(path) && !isVendored(path),
  );
  const modules = new Modules(repository, all);
  const sides = new Sides(repository);
  const code: RepoCode = { filesParsed: 0, parseErrors: [], calls: [], clients: [], marks: [] };
  let read = 0;
  for (const path of all.filter(isProductCode)) {
    if (++read % 25 === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const text = repository.read(path)?.text;
    if (text !== undefined && !WORTH_PARSING.test(text)) continue;
    const module = modules.load(path);
    if (module === null) continue;
    code.filesParsed++;
    const side = sides.of(module);
    code.calls.push(...callsOf(module, modules, side));
    code.clients.push(...clientsOf(module, modules, side));
    code.marks.push(...marksOf(module, modules, side));
  }
  code.parseErrors = modules.errors.filter(({ path }) => isProductCode(path));
  const notes = code.parseErrors.map(
    ({ path, line, message }) => `${path}:${line} does not parse (${message.slice(0, 80)})`,
  );
  return { value: code, notes };
}

function clientsOf(module: Module, modules: Modules, side: Side): RepoCode['clients'] {
  const clients: RepoCode['clients'] = [];
  walkAst(module.ast.program, (node) => {
    if (isCall(node) && isClientCreation(node, module)) {
      const secretKey = creationInfo(node, module, modules).secretKey === true;
      clients.push({ path: module.path, line: lineOf(node), typed: isTyped(node, module), secretKey, side });
    }
    return true;
  });
  return clients;
}
