import type { OpenShadow } from '../engine/collect.ts';
import { type Ask, connectionString } from './connection-string.ts';
import type { AuditOptions } from './options.ts';
import type { Project } from './targets.ts';

type ShadowOptions = Pick<AuditOptions, 'shadowUrl' | 'defaultGrants'>;

/** The user's own server for replays, from --shadow-url or else replay.shadow of the configuration; undefined: the embedded one. */
export async function shadowUrlOf(options: ShadowOptions, project: Project, ask: Ask): Promise<string | undefined> {
  if (options.shadowUrl !== undefined) return connectionString(options.shadowUrl, '--shadow-url', ask);
  const configured = project.config?.replay?.shadow;
  return configured === undefined ? undefined : connectionString(configured, 'replay.shadow', ask);
}

/**
 * How migrations are replayed: on which server, under which default grants. Secrets are resolved at once, so that a wrong
 * reference is an error before anything runs. Throws UserError (exit 2).
 */
export async function shadowOpener(options: ShadowOptions, project: Project, ask: Ask): Promise<OpenShadow> {
  const shadowUrl = await shadowUrlOf(options, project, ask);
  const grants = options.defaultGrants ?? project.config?.replay?.defaultGrants ?? 'auto';
  return async (request) => {
    const { prepareFromMigrations } = await import('../facts/shadow/from-migrations.ts');
    return prepareFromMigrations({ ...request, grants, ...(shadowUrl !== undefined && { shadowUrl }) });
  };
}
