import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import type { Target } from '../engine/collect.ts';
import type { OpenApi } from '../facts/http/collect.ts';
import type { ManagementTarget } from '../facts/platform/client.ts';
import { painter } from '../report/table.ts';
import { secretAsker } from './ask.ts';
import { wantsColour } from './colour.ts';
import { type Line, shadowLine, shadowMajor } from './doctor-shadow.ts';
import type { AuditOptions } from './options.ts';
import { type Project, resolveProject, resolveTargets } from './targets.ts';
import { WITHOUT } from './without.ts';

function program(name: string, args: string[], why: string): Line {
  try {
    const output = execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return { what: name, state: 'ok', note: output.split('\n')[0] ?? '' };
  } catch {
    return { what: name, state: 'missing', note: why };
  }
}

function writable(directory: string): Line {
  let place = directory;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK);
    return { what: 'audit folder', state: 'ok', note: directory };
  } catch {
    return {
      what: 'audit folder',
      state: 'failed',
      note: `${place} cannot be written to: choose another place with --state-dir`,
    };
  }
}

/** Whether the API takes the publishable key. */
async function api({ environment, databaseUrl }: Target, open: OpenApi): Promise<Line> {
  const { collectHttp } = await import('../facts/http/collect.ts');
  const what = `API of ${environment.name}`;
  const { httpSurface: fact } = await collectHttp({
    names: ['httpSurface'],
    open,
    database: databaseUrl,
    environment,
    facts: {},
  });
  if (fact?.status === 'ok') return { what, state: 'ok', note: `${fact.value.origin} takes the ${fact.value.key} key` };
  return { what, state: 'failed', note: fact?.reason ?? 'it was not asked' };
}

async function databases(options: AuditOptions, project: Project): Promise<Line[]> {
  const { connectReadOnly } = await import('../facts/postgres/connect.ts');
  const lines: Line[] = [];
  let targets: Awaited<ReturnType<typeof resolveTargets>>;
  try {
    targets = await resolveTargets({ ...options, fromMigrations: false }, project, secretAsker());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      {
        what: 'database',
        state: error.code === 'no-target' ? 'missing' : 'failed',
        note: `${error.message}; ${error.next}`,
      },
    ];
  }
  for (const target of targets.targets) {
    const what = `database of ${target.environment.name}`;
    let major: number | null = null;
    try {
      const client = await connectReadOnly(target.databaseUrl);
      const { rows } = await client.query<{ version: string; major: number; role: string }>(
        `select current_setting('server_version') as version, current_user as role,
           current_setting('server_version_num')::int / 10000 as major`,
      );
      await client.end();
      major = rows[0]?.major ?? null;
      lines.push({
        what,
        state: 'ok',
        note: `PostgreSQL ${rows[0]?.version} at ${target.environment.target} as ${rows[0]?.role}, read-only`,
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      lines.push({ what, state: 'failed', note: `${error.message}; ${error.next}` });
    }
    const ownShadow = options.shadowUrl ?? project.config?.replay?.shadow;
    if (major !== null && project.repository !== null && ownShadow === undefined)
      lines.push(await shadowMajor(target.environment.name, major));
    if (target.api) lines.push(await api(target, target.api));
    if (target.management) lines.push(await management(target.environment.name, target.management));
    for (const credential of targets.skippedCredentials[target.environment.name] ?? []) {
      lines.push({
        what: `${credential} of ${target.environment.name}`,
        state: 'missing',
        note: WITHOUT[credential] ?? '',
      });
    }
  }
  return lines;
}

async function management(environment: string, target: ManagementTarget): Promise<Line> {
  const { collectPlatform } = await import('../facts/platform/collect.ts');
  const { platformStorage: fact } = await collectPlatform({ names: ['platformStorage'], target, hosted: true });
  const what = `Management API of ${environment}`;
  if (fact?.status === 'ok') return { what, state: 'ok', note: `answers for project ${target.ref}` };
  return { what, state: 'failed', note: fact?.reason ?? 'it was not asked' };
}

/** `supaready doctor`: 0 when everything configured answers, 3 when something configured does not. */
export async function doctorCommand(
  options: AuditOptions & { format: 'table' | 'json' },
  _version: string,
): Promise<number> {
  const project = resolveProject(options);
  const lines: Line[] = [
    { what: 'Node', state: 'ok', note: process.versions.node },
    program('git', ['--version'], 'not found: keys in the history of the repository cannot be looked for'),
    {
      what: 'configuration',
      state: project.config ? 'ok' : 'missing',
      note: project.config ? project.name : 'none: give --db-url, or write one with `supaready init`',
    },
    {
      what: 'repository',
      state: project.repository ? 'ok' : 'missing',
      note: project.repository ?? 'none: the checks over code and migrations are skipped; add --repo DIR',
    },
    writable(project.stateRoot),
    await shadowLine(options, project),
    ...(await databases(options, project)),
  ];
  if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify({ schema: 'supaready.doctor/v1', lines }, null, 2)}\n`);
  } else {
    const paint = painter(wantsColour(process.stdout));
    const width = Math.max(...lines.map((line) => line.what.length));
    for (const line of lines) {
      const glyph =
        line.state === 'ok' ? paint('good', '✔') : line.state === 'missing' ? paint('warn', '–') : paint('bad', '✖');
      process.stdout.write(`${glyph} ${line.what.padEnd(width)}  ${printable(line.note)}\n`);
    }
  }
  return lines.some((line) => line.state === 'failed') ? EXIT.unknown : EXIT.ok;
}
