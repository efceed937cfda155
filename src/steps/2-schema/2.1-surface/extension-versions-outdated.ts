import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';

export const extensionVersionsOutdated = defineCheck({
  id: 'extension-versions-outdated',
  rev: 1,
  title: 'Extensions run in the version the server offers',
  why: 'An old version misses fixes, security fixes among them, that the server already has on disk.',
  severity: 'low',
  aliases: ['extension_versions_outdated'],
  source: 'Supabase lint 0022 extension_versions_outdated; pg_available_extensions',
  remedy: 'Read the extension’s release notes, then `alter extension … update`.',
  falseAlarms: 'Stand-ins of our shadow database are not compared.',
  needs: ['extensions'],
  evaluate({ facts }) {
    const comparable = facts.extensions.filter((extension) => !extension.shim && extension.defaultVersion !== null);
    return evaluated(
      comparable.length,
      'extension',
      comparable
        .filter((extension) => extension.version !== extension.defaultVersion)
        .map((extension) => ({
          object: objectRef('extension', null, extension.name),
          message: `the extension ${extension.name} runs in version ${extension.version} although the server offers ${extension.defaultVersion}`,
          fix: { sql: `alter extension ${quoteIdent(extension.name)} update` },
        })),
    );
  },
});
