import { parseAclItem } from '../../../core/acl.ts';
import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';
import { API_ROLES, exposedSchemas } from '../../lib/exposure.ts';
import { listed } from '../../lib/refs.ts';

type DefaultAcl = Facts['defaultAcls'][number];

function apiGrantees(entry: DefaultAcl): string[] {
  const grantees = new Set(
    entry.acl
      .map(parseAclItem)
      .filter((item) => item.privileges !== '')
      .map((item) => item.grantee),
  );
  return API_ROLES.filter((role) => grantees.has(role));
}

export const defaultAcl = defineCheck({
  id: 'default-acl',
  rev: 1,
  title: 'New tables, sequences and functions are granted to API roles one by one, not by default',
  why: 'With default privileges every table anybody creates later is on the internet until its row level security is remembered.',
  severity: 'medium',
  source: 'PostgreSQL, ALTER DEFAULT PRIVILEGES; Supabase changelog 45329 (no default exposure of new tables)',
  remedy:
    'Revoke the default privileges from anon and authenticated, and grant what the app uses in the migration that creates it.',
  falseAlarms:
    'Defaults of supabase_admin cannot be changed by the project and are info; schemas that the Data API does not serve, and those of the platform (storage …), are silent.',
  needs: ['database', 'defaultAcls', 'schemas'],
  uses: ['repoConfig'],
  evaluate({ facts }) {
    const exposed = exposedSchemas(facts);
    const platform = new Set(facts.schemas.filter((schema) => schema.platform).map((schema) => schema.name));
    const findings: FindingDraft[] = [];
    for (const entry of facts.defaultAcls) {
      if (entry.objects !== 'tables' && entry.objects !== 'sequences' && entry.objects !== 'functions') continue;
      if (entry.schema !== null && exposed !== null && !exposed.includes(entry.schema)) continue;
      if (entry.schema !== null && entry.schema !== 'public' && platform.has(entry.schema)) continue;
      const roles = apiGrantees(entry);
      if (roles.length === 0) continue;
      const platforms = entry.owner.startsWith('supabase_');
      const place = entry.schema === null ? 'in every schema' : `in schema ${quoteIdent(entry.schema)}`;
      findings.push({
        object: objectRef('default privileges', null, `of ${entry.owner} ${place} on ${entry.objects}`),
        severity: platforms ? 'info' : 'medium',
        message: `every one of the ${entry.objects} that ${entry.owner} creates ${place} from now on is granted to ${listed(roles)} at once`,
        detail: `pg_default_acl: ${entry.acl.join(', ')}`,
        fix: {
          sql: platforms
            ? null
            : `alter default privileges for role ${quoteIdent(entry.owner)}${entry.schema === null ? '' : ` in schema ${quoteIdent(entry.schema)}`} revoke all on ${entry.objects} from ${roles.join(', ')};`,
          command: platforms ? 'nothing to do: the platform’s own role' : null,
          url: 'https://supabase.com/docs/guides/api/securing-your-api',
        },
      });
    }
    return evaluated(facts.defaultAcls.length, 'default privilege entry', findings, 'default privilege entries');
  },
});
