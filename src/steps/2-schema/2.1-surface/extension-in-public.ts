import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';

export const extensionInPublic = defineCheck({
  id: 'extension-in-public',
  rev: 1,
  title: 'Extensions live outside the schema public',
  why: 'Functions and tables of an extension in public are part of the Data API, and their names can clash with yours.',
  severity: 'low',
  aliases: ['extension_in_public'],
  source: 'Supabase lint 0014 extension_in_public',
  remedy:
    'Move it to the schema extensions. An extension that cannot be moved (pg_net, postgis) has to be dropped and created again there, or accepted.',
  falseAlarms: 'An extension that PostgreSQL cannot move is only noted (info), since it cannot simply be put right.',
  needs: ['extensions'],
  evaluate({ facts }) {
    const findings = facts.extensions
      .filter((extension) => extension.schema === 'public')
      .map((extension) => ({
        object: objectRef('extension', null, extension.name),
        severity: extension.relocatable ? ('low' as const) : ('info' as const),
        message: extension.relocatable
          ? `the extension ${extension.name} is installed in public, so its functions are part of your API`
          : `the extension ${extension.name} is installed in public and cannot be moved; its functions are part of your API`,
        detail: `pg_extension: schema public, ${extension.relocatable ? 'relocatable' : 'not relocatable'}.`,
        fix: extension.relocatable
          ? {
              sql: `create schema if not exists extensions;\nalter extension ${quoteIdent(extension.name)} set schema extensions`,
            }
          : {
              command:
                'Accept it, or drop it and create it again with “schema extensions” (its data types and columns go with it).',
            },
      }));
    return evaluated(facts.extensions.length, 'extension', findings);
  },
});
