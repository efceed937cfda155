import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ACCESS_FILE,
  type AccessContract,
  accessContractSchema,
  contractName,
  deviationsFrom,
  ownershipIn,
  proposeContract,
} from '../core/access-contract.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { Facts } from '../core/facts.ts';
import { loadSqlParser } from '../core/sql.ts';
import { printable, qualified } from '../core/text.ts';
import { collectSnapshot } from '../engine/collect.ts';
import { type Exposure, exposureOf, futureIn } from '../engine/exposure.ts';
import type { ShadowOptions } from '../facts/shadow/collect.ts';
import type { FromMigrations } from '../facts/shadow/from-migrations.ts';
import { UNKNOWN_EXPOSURE } from '../steps/lib/exposure.ts';
import { REACH_FACTS } from '../steps/lib/reach.ts';
import { secretAsker } from './ask.ts';
import type { AuditOptions } from './options.ts';
import { withProgress } from './progress.ts';
import { interruptible } from './run-audit.ts';
import { shadowOpener } from './shadow-opener.ts';
import { resolveProject, resolveTargets } from './targets.ts';

interface AccessOptions extends AuditOptions {
  propose?: boolean;
  write?: boolean;
  pgtap?: boolean;
  exposure?: boolean;
  /** `schema.table`, or a table of public. */
  suggest?: string;
  format?: 'table' | 'json';
}

/** Replays the migrations and hands what `bring` makes of the shadow database on. */
async function onShadow<T>(
  options: AccessOptions,
  repository: string,
  contract: AccessContract | null,
  bring: (shadow: FromMigrations, context: Pick<ShadowOptions, 'access' | 'signal' | 'onProgress'>) => Promise<T>,
): Promise<T> {
  const project = resolveProject(options);
  const open = await shadowOpener(options, project, secretAsker());
  const { signal, release } = interruptible();
  try {
    return await withProgress('Trying', async (report) => {
      const shadow = await open({
        root: repository,
        keepGoing: true,
        onFile: (path, done, total) => report(`replay of ${path} (${done} of ${total})`),
        signal,
        ...(project.migrations !== null && { migrations: project.migrations }),
      });
      try {
        const access = { ...(contract && ownershipIn(contract)), ...project.declared.access };
        return await bring(shadow, { access, signal, onProgress: report });
      } finally {
        await shadow.close();
      }
    });
  } finally {
    release();
  }
}

async function observed(
  shadow: FromMigrations,
  root: string,
  context: Pick<ShadowOptions, 'access' | 'signal' | 'onProgress'>,
): Promise<Facts['accessMatrix']> {
  const { collectShadow } = await import('../facts/shadow/collect.ts');
  const { accessMatrix } = await collectShadow({
    ...context,
    names: ['accessMatrix'],
    root,
    besideLive: false,
    open: async () => shadow,
    closeAfter: false,
  });
  if (accessMatrix?.status === 'ok') return accessMatrix.value;
  throw new UserError(
    'no-access-matrix',
    accessMatrix?.reason ?? 'nothing could be tried',
    'see supaready doctor',
    EXIT.unknown,
  );
}

function readContract(path: string): AccessContract {
  if (!existsSync(path))
    throw new UserError(
      'no-access-contract',
      `there is no ${ACCESS_FILE}`,
      'write one with supaready access --propose --write',
      EXIT.usage,
    );
  const wrong = (why: string, cause?: unknown) =>
    new UserError('wrong-access-contract', `${ACCESS_FILE}: ${why}`, 'mend it, or propose it anew', EXIT.usage, cause);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong('it is no JSON', error);
  }
  const parsed = accessContractSchema().safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** Prints the tightest policies of a table that pass the contract; exit 1 where none was found. */
async function suggestCommand(
  name: string,
  options: AccessOptions,
  repository: string,
  contract: AccessContract,
): Promise<number> {
  const [table = '', schema = 'public'] = name.split('.').reverse();
  const suggestion = await onShadow(options, repository, contract, async (shadow, context) => {
    const { shadowContext } = await import('../facts/shadow/collect.ts');
    const { suggestPolicies } = await import('../facts/shadow/access/suggest.ts');
    const { collectCatalogue } = await import('../facts/postgres/collect.ts');
    const { rowConditions } = await import('../steps/lib/access.ts');
    const accessMatrix = await observed(shadow, repository, context);
    const { columns, constraints } = await collectCatalogue({
      url: shadow.url,
      names: ['database', 'columns', 'constraints'],
      embedded: true,
    });
    const tried = accessMatrix.relations.find((one) => one.schema === schema && one.table === table);
    const conditions =
      tried && columns?.status === 'ok' && constraints?.status === 'ok'
        ? rowConditions({ accessMatrix, columns: columns.value, constraints: constraints.value }, tried)
        : [];
    const beside = shadowContext(shadow, { ...context, root: repository, besideLive: false });
    return suggestPolicies(beside, { schema, table, contract, conditions });
  });
  if (suggestion.sql === null) {
    process.stderr.write(`nothing to suggest for ${printable(`${qualified(schema, table)}: ${suggestion.reason}`)}\n`);
    return EXIT.notReady;
  }
  process.stdout.write(suggestion.sql);
  return EXIT.ok;
}

/** Who reaches what, of a live database (--db-url) or of the replayed migrations; nothing is tried. */
async function exposureCommand(options: AccessOptions): Promise<number> {
  const project = resolveProject(options);
  const { signal, release } = interruptible();
  try {
    const targets = await resolveTargets(options, project, secretAsker(), { signal });
    try {
      await loadSqlParser();
      const found = await Promise.all(
        targets.targets.map(async (target) => {
          const snapshot = await collectSnapshot({
            target,
            repository: project.repository,
            migrations: project.migrations,
            declared: project.declared,
            names: new Set([...REACH_FACTS, 'defaultAcls', 'repoConfig']),
            previous: null,
            now: () => new Date().toISOString(),
            clock: () => performance.now(),
            signal,
          });
          const { database } = snapshot.facts;
          if (database?.status !== 'ok')
            throw new UserError(
              'no-catalogue',
              database?.reason ?? 'the catalogue was not read',
              'see supaready doctor',
              EXIT.unknown,
            );
          const exposure = exposureOf([snapshot]);
          if (exposure.length === 0 && database.value.exposedSchemas === null)
            throw new UserError('unknown-exposure', UNKNOWN_EXPOSURE, 'then run it again', EXIT.unknown);
          return { exposure, future: futureIn(snapshot) };
        }),
      );
      const exposure = found.flatMap((one) => one.exposure);
      const future = [...new Set(found.flatMap((one) => one.future))];
      if (options.format === 'json')
        process.stdout.write(`${JSON.stringify({ schema: 'supaready.exposure/v1', exposure, future }, null, 2)}\n`);
      else
        for (const line of [...exposureLines(exposure), 'new tables', ...future.map((text) => printable(`  ${text}`))])
          process.stdout.write(`${line}\n`);
      return EXIT.ok;
    } finally {
      await targets.close();
    }
  } finally {
    release();
  }
}

/** A relation's name, then a line for each role. */
function exposureLines(exposure: readonly Exposure[]): string[] {
  const several = new Set(exposure.map(({ environment }) => environment)).size > 1;
  return exposure.flatMap(({ environment, schema, name, kind, roles }) => [
    printable(`${qualified(schema, name)} (${kind}${several ? `, ${environment}` : ''})`),
    ...roles.map(({ sentence }) => printable(`  ${sentence}`)),
  ]);
}

/**
 * `supaready access`: what the replayed migrations let everybody do, compared with the contract (exit 1 where it deviates);
 * `--propose` prints it as a contract, `--write` writes that file for a person to read and approve, `--pgtap` prints the
 * contract's cases as a test that a team can own; `--exposure` says who reaches what, by the catalogue alone.
 */
export async function accessCommand(options: AccessOptions): Promise<number> {
  if (options.exposure) return exposureCommand(options);
  const { repository } = resolveProject(options);
  if (repository === null)
    throw new UserError('no-repository', 'no repository was given', 'add --repo DIR', EXIT.usage);
  const path = join(repository, ACCESS_FILE);
  const contract = options.propose || options.write || (options.pgtap && !existsSync(path)) ? null : readContract(path);
  if (options.suggest !== undefined) return suggestCommand(options.suggest, options, repository, readContract(path));
  const { matrix, pgtap } = await onShadow(options, repository, contract, async (shadow, context) => {
    const found = await observed(shadow, repository, context);
    if (!options.pgtap) return { matrix: found, pgtap: null };
    const { shadowContext } = await import('../facts/shadow/collect.ts');
    const { pgtapOf } = await import('../facts/shadow/access/pgtap.ts');
    const beside = shadowContext(shadow, { ...context, root: repository, besideLive: false });
    return { matrix: found, pgtap: await pgtapOf(beside, contract ?? proposeContract(found)) };
  });
  if (pgtap !== null) {
    process.stdout.write(pgtap);
    return EXIT.ok;
  }
  if (contract === null) {
    const text = `${JSON.stringify(proposeContract(matrix), null, 2)}\n`;
    if (options.write) {
      writeFileSync(path, text);
      process.stderr.write(`written: ${path}; read it table by table before it is committed\n`);
    } else process.stdout.write(text);
    return EXIT.ok;
  }
  const deviations = deviationsFrom(contract, matrix);
  for (const { relation, persona, cell, expected } of deviations) {
    const what = `${cell.command} ${cell.row}${cell.forged ? ` (forged ${cell.forged})` : ''}`;
    process.stdout.write(
      `${printable(contractName(relation))}  ${printable(persona)}  ${what}: expected ${expected}, observed ${cell.outcome}\n`,
    );
  }
  return deviations.length > 0 ? EXIT.notReady : EXIT.ok;
}
