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
import { printable } from '../core/text.ts';
import { secretAsker } from './ask.ts';
import type { AuditOptions } from './options.ts';
import { withProgress } from './progress.ts';
import { interruptible } from './run-audit.ts';
import { shadowOpener } from './shadow-opener.ts';
import { resolveProject } from './targets.ts';

interface AccessOptions extends AuditOptions {
  propose?: boolean;
  write?: boolean;
}

async function observe(
  options: AccessOptions,
  repository: string,
  contract: AccessContract | null,
): Promise<Facts['accessMatrix']> {
  const project = resolveProject(options);
  const open = await shadowOpener(options, project, secretAsker());
  const { signal, release } = interruptible();
  try {
    const { collectShadow } = await import('../facts/shadow/collect.ts');
    const facts = await withProgress('Trying', (report) =>
      collectShadow({
        names: ['accessMatrix'],
        root: repository,
        besideLive: false,
        access: { ...(contract && ownershipIn(contract)), ...project.declared.access },
        open: () =>
          open({
            root: repository,
            keepGoing: true,
            onFile: (path, done, total) => report(`replay of ${path} (${done} of ${total})`),
            signal,
            ...(project.migrations !== null && { migrations: project.migrations }),
          }),
        closeAfter: true,
        signal,
        onProgress: report,
      }),
    );
    const fact = facts.accessMatrix;
    if (fact?.status === 'ok') return fact.value;
    throw new UserError(
      'no-access-matrix',
      fact?.reason ?? 'nothing could be tried',
      'see supaready doctor',
      EXIT.unknown,
    );
  } finally {
    release();
  }
}

function readContract(path: string): AccessContract {
  if (!existsSync(path))
    throw new UserError(
      'no-access-contract',
      `there is no ${ACCESS_FILE}`,
      'write one with supaready access --propose --write',
      EXIT.usage,
    );
  const parsed = accessContractSchema().safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(
    'wrong-access-contract',
    `${ACCESS_FILE}: ${issue?.path.join('.')}: ${issue?.message}`,
    'mend it, or propose it anew',
    EXIT.usage,
  );
}

/**
 * `supaready access`: what the replayed migrations let everybody do, compared with the contract (exit 1 where it deviates);
 * `--propose` prints it as a contract, `--write` writes that file for a person to read and approve.
 */
export async function accessCommand(options: AccessOptions): Promise<number> {
  const { repository } = resolveProject(options);
  if (repository === null)
    throw new UserError('no-repository', 'no repository was given', 'add --repo DIR', EXIT.usage);
  const path = join(repository, ACCESS_FILE);
  const contract = options.propose || options.write ? null : readContract(path);
  const matrix = await observe(options, repository, contract);
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
