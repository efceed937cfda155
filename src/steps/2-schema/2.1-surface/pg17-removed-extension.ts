import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

/** Gone from PostgreSQL 17 itself (adminpack) or from Supabase's build of it. */
const REMOVED = new Set(['adminpack', 'timescaledb', 'plv8', 'plcoffee', 'plls']);

export const pg17RemovedExtension = defineCheck({
  id: 'pg17-removed-extension',
  rev: 1,
  title: 'No extension stands in the way of PostgreSQL 17',
  why: 'A project that uses an extension which PostgreSQL 17 on Supabase does not have cannot be upgraded, nor rebuilt on a new project.',
  severity: 'medium',
  source:
    'CATALOGUE 2.1 pg17-removed-extension; supabase/splinter#105; Supabase docs, “Upgrading”; PostgreSQL 17 release notes (adminpack)',
  remedy:
    'Move what depends on it elsewhere (plv8 functions to PL/pgSQL or edge functions, hypertables to partitions), then drop the extension.',
  needs: ['database', 'extensions'],
  evaluate({ facts }) {
    const version = facts.database.serverVersionNum;
    const installed = facts.extensions.filter((extension) => extension.shim || version < 170000);
    if (installed.length === 0)
      return notApplicable('the server is PostgreSQL 17 or later: it cannot have one of them');
    return evaluated(
      installed.length,
      'extension',
      installed
        .filter((extension) => REMOVED.has(extension.name))
        .map((extension) => ({
          object: objectRef('extension', null, extension.name),
          message: `the extension ${extension.name} does not exist on PostgreSQL 17 of Supabase: the project cannot be upgraded or rebuilt with it`,
          detail: `Installed in version ${extension.version}; the server is ${facts.database.serverVersion}.`,
          fix: { command: `Replace what uses it, then: drop extension ${extension.name}` },
        })),
    );
  },
});
