import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configSchema, secretRefSchema } from '../core/config.ts';
import { EXIT, UserError } from '../core/errors.ts';
import { CONFIG_FILE } from '../engine/config-file.ts';
import { answers } from './ask.ts';
import { WITHOUT } from './without.ts';

interface Detected {
  supabase: boolean;
  ref: string | null;
  envFiles: string[];
  migrations: string | null;
  orm: string | null;
  types: string | null;
  framework: string | null;
  project: string | null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const FRAMEWORKS = ['next', 'nuxt', '@sveltejs/kit', 'astro', '@remix-run/node', 'react-router', 'expo', 'vite'];

/** What the repository tells by itself; shown, so that the person sees what was understood. */
function detect(root: string): Detected {
  const manifest = readText(join(root, 'package.json'));
  let dependencies: Record<string, string> = {};
  let project: string | null = null;
  try {
    const parsed = JSON.parse(manifest ?? '{}') as {
      name?: string;
      dependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
    dependencies = { ...parsed.devDependencies, ...parsed.dependencies };
    project = parsed.name ?? null;
  } catch {
    dependencies = {};
  }
  const ref = readText(join(root, 'supabase/.temp/project-ref'))?.trim() ?? null;
  const migrations =
    ['supabase/migrations', 'prisma/migrations', 'drizzle'].find((folder) => existsSync(join(root, folder))) ?? null;
  const types =
    [
      'src/lib/database.types.ts',
      'src/types/database.types.ts',
      'types_db.ts',
      'database.types.ts',
      'supabase/types.ts',
      'src/database.types.ts',
      'types/supabase.ts',
    ].find((file) => existsSync(join(root, file))) ?? null;
  return {
    supabase: existsSync(join(root, 'supabase/config.toml')),
    ref: ref && /^[a-z]{20}$/.test(ref) ? ref : null,
    envFiles: readdirSync(root)
      .filter((name) => /^\.env($|\.)/.test(name))
      .sort(),
    migrations,
    orm: 'drizzle-orm' in dependencies ? 'Drizzle' : '@prisma/client' in dependencies ? 'Prisma' : null,
    types,
    framework: FRAMEWORKS.find((name) => name in dependencies) ?? null,
    project,
  };
}

export interface InitOptions {
  repo: string;
  project?: string;
  env?: string;
  kind?: string;
  database?: string;
  force?: boolean;
}

/** `supaready init`: detects, asks, writes supaready.config.json. A literal secret is refused before anything is written. */
export async function initCommand(options: InitOptions): Promise<number> {
  const root = resolve(options.repo);
  if (!existsSync(root)) throw new UserError('no-such-repository', `there is no folder ${root}`, 'check --repo');
  const file = join(root, CONFIG_FILE);
  if (existsSync(file) && !options.force)
    throw new UserError('config-exists', `${file} is there already`, 'edit it, or overwrite it with --force');
  const found = detect(root);
  const said = [
    found.supabase ? 'supabase/config.toml' : 'no supabase/config.toml',
    found.ref ? `linked to ${found.ref}` : 'not linked',
    found.migrations ? `migrations in ${found.migrations}` : 'no migrations found',
    found.orm ?? 'no ORM',
    found.types ? `types in ${found.types}` : 'no generated types found',
    found.framework ?? 'no known framework',
    found.envFiles.length > 0 ? found.envFiles.join(' ') : 'no .env files',
  ];
  process.stderr.write(`Found: ${said.join(' · ')}\n`);
  const given = await answers({
    project: {
      flag: '--project',
      given: options.project,
      ask: (prompt) => prompt.text('Name of the project', found.project ?? undefined),
    },
    env: {
      flag: '--env',
      given: options.env,
      ask: (prompt) => prompt.text('Name of the environment to audit', 'production'),
    },
    kind: {
      flag: '--kind',
      given: options.kind,
      ask: (prompt) =>
        prompt.choose(
          'What kind of environment is it?',
          ['production', 'staging', 'preview', 'development'].map((value) => ({ value, name: value })),
        ),
    },
    database: {
      flag: '--database env:NAME',
      given: options.database,
      ask: (prompt) =>
        prompt.text(
          'Where is its connection string? (env:NAME, keychain:NAME or prompt; never the string itself)',
          'env:SUPAREADY_DB_URL',
        ),
    },
  });
  if (!secretRefSchema.safeParse(given.database).success) {
    throw new UserError(
      'config-literal-secret',
      'a connection string was given where a reference belongs; it was not written anywhere',
      'put it into an environment variable and answer env:NAME',
    );
  }
  const config = {
    $schema: './node_modules/supaready/schemas/config.schema.json',
    project: given.project,
    environments: { [given.env]: { kind: given.kind, database: given.database, ...(found.ref && { ref: found.ref }) } },
    ...(found.migrations && { repository: { path: '.', migrations: found.migrations } }),
    policy: { maxAge: '14d', fourEyes: false },
  };
  const valid = configSchema().safeParse(config);
  if (!valid.success) {
    const [issue] = valid.error.issues;
    throw new UserError('config-invalid', `“${issue?.path.join('.')}”: ${issue?.message}`, 'answer again');
  }
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
  process.stderr.write('Not in it yet:\n');
  for (const [credential, without] of Object.entries(WITHOUT))
    if (credential !== 'api.url' || !found.ref) process.stderr.write(`  ${credential}: ${without}\n`);
  process.stderr.write('Next: `supaready doctor` tells what can be checked with it, `supaready` opens the wizard\n');
  return EXIT.ok;
}
