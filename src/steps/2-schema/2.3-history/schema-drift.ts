import { type CheckOutcome, defineCheck, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { driftBetween } from '../../lib/drift/compare.ts';
import { EXCLUSIONS } from '../../lib/drift/platform.ts';
import type { RegimeMistake } from '../../lib/drift/regime.ts';
import { findingOf } from '../../lib/drift/report.ts';
import type { Catalogue } from '../../lib/drift/side.ts';

const CATALOGUE = [
  'relations',
  'columns',
  'constraints',
  'indexes',
  'policies',
  'functions',
  'triggers',
  'views',
  'types',
  'sequences',
  'schemas',
  'extensions',
  'publications',
  'defaultAcls',
  'eventTriggers',
  'rules',
  'statisticsObjects',
  'foreignServers',
  'comments',
  'otherObjects',
  'roles',
  'roleSettings',
] as const;

type LiveFacts = Pick<Facts, (typeof CATALOGUE)[number] | 'database'> & Partial<Pick<Facts, 'cronJobs' | 'storage'>>;

/** The live facets in the shape of the shadow's. */
function liveCatalogue(facts: LiveFacts): Catalogue {
  const rows = Object.fromEntries(CATALOGUE.map((name) => [name, facts[name]])) as Pick<
    Facts,
    (typeof CATALOGUE)[number]
  >;
  const { database, cronJobs = null, storage = null } = facts;
  return { ...rows, cronJobs, storage, serverVersionNum: database.serverVersionNum };
}

/** Buckets that config.toml declares are made by `supabase seed buckets`, not by a migration. */
function withoutDeclared(
  storage: Catalogue['storage'],
  made: Catalogue['storage'],
  config: Facts['repoConfig'] | undefined,
): Catalogue['storage'] {
  const declared = (config?.values.storage as { buckets?: Record<string, unknown> } | undefined)?.buckets ?? {};
  const known = new Set(made?.buckets.map(({ id }) => id));
  return storage && { buckets: storage.buckets.filter(({ id }) => known.has(id) || !(id in declared)) };
}

function regimeFinding({ kind, replayed, objects }: RegimeMistake): FindingDraft {
  const [here, there] =
    replayed === 'legacy'
      ? ['the live ones grant them nothing', 'grant them to anon, authenticated and service_role']
      : ['the live ones are granted to anon, authenticated and service_role', 'grant nothing'];
  return {
    object: objectRef('schema', null, 'public'),
    severity: 'low',
    message: `the migrations do not say who may use ${counted(objects, kind.slice(0, -1))} of public, and ${here}: a database built from them now would ${there}`,
    detail:
      'New objects in public were granted to the API roles by default until 2026 and are not any more; which of the two was replayed follows from the time stamps of the files.',
    fix: {
      command: 'Write the grants down in a migration, or set [api].auto_expose_new_tables in supabase/config.toml.',
    },
    discriminator: `default grants of ${kind}`,
  };
}

function openDefaults(kinds: readonly string[]): FindingDraft {
  return {
    object: objectRef('schema', null, 'public'),
    severity: 'low',
    message: `new ${kinds.join(', ')} in public are still granted to the API roles in the live database, and the migrations were replayed as if that had ended: what is made next is open here and closed in a new project`,
    detail:
      'By the time stamps of the migrations, the platform’s closed default grants apply; pg_default_acl of the live database still has the older ones.',
    fix: { sql: kinds.map(closeDefaults).join(';\n') },
    discriminator: 'open defaults',
  };
}

const REGIME_RIGHTS: Readonly<Record<string, string>> = {
  tables: 'select, insert, update, delete',
  sequences: 'usage, select',
  functions: 'execute',
};

function closeDefaults(kind: string): string {
  return `alter default privileges for role postgres in schema public revoke ${REGIME_RIGHTS[kind]} on ${kind} from anon, authenticated, service_role`;
}

/** What is left out is said beside what was looked at. */
function notCompared(names: readonly string[], shims: readonly string[]): string {
  if (names.length === 0) return '';
  const some = names.slice(0, 5).join(', ');
  return `; not compared, since the shadow has only stand-ins for ${shims.join(', ')}: ${some}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}

function versionWords(apart: readonly string[], live: number, made: number): string {
  if (apart.length === 0) return '';
  return `; versions of extensions not compared, since PostgreSQL ${Math.floor(live / 10_000)} is live and ${Math.floor(made / 10_000)} was replayed on: ${apart.join(', ')}`;
}

function pendingWords(leftOut: readonly string[]): string {
  return leftOut.length === 0 ? '' : `; without ${counted(leftOut.length, 'migration')} still to be applied`;
}

export const schemaDrift = defineCheck({
  id: 'schema-drift',
  rev: 1,
  title: 'The live schema is what the migrations make',
  why: 'What was changed by hand is in no review, no test and no rebuild; the next migration that meets it fails or undoes it.',
  severity: 'high',
  source: 'CATALOGUE 2.3 schema-drift; PostgreSQL docs, “System Catalogs”; Supabase docs, “Database migrations”',
  remedy:
    'Decide which side is right: run the fix to make the live database like the migrations, or write what it has down as a migration (`supaready fix FINGERPRINT --migration`) and mark that as applied.',
  falseAlarms: `Both catalogues are compared object by object; where two texts differ, their trees are, so that another major version of PostgreSQL is no difference. Left out: ${EXCLUSIONS.map(({ what, why }) => `${what} (${why})`).join('; ')}.`,
  matrix: 'Schema',
  needs: ['database', 'shadowCatalogue', ...CATALOGUE],
  uses: ['migrationHistory', 'cronJobs', 'storage', 'repoMigrations', 'repoConfig'],
  evaluate({ facts, environment }): CheckOutcome {
    if (environment.source === 'from-migrations')
      return notApplicable('this database was built from the migrations: it cannot differ from them');
    const { shadowCatalogue: made, repoConfig, cronJobs, storage } = facts;
    const { replay } = made;
    const failure = replay.failures[0];
    if (failure)
      return skipped(
        `${counted(replay.failures.length, 'migration file')} failed in the replay, first ${failure.path}:${failure.line} (${failure.sqlstate} ${failure.message}), so what the migrations make is not known; mend it and run the check again`,
      );
    const live = liveCatalogue(facts);
    const { differences, objects, regime, stillOpen, incomparable, versionsApart } = driftBetween(
      { ...live, storage: withoutDeclared(live.storage, made.storage, repoConfig) },
      // What could not be read here is compared with nothing.
      {
        ...made,
        cronJobs: cronJobs === undefined ? null : made.cronJobs,
        storage: storage === undefined ? null : made.storage,
      },
      replay,
    );
    const unread = [...(cronJobs === undefined ? ['cron jobs'] : []), ...(storage === undefined ? ['buckets'] : [])];
    const findings = differences.map(findingOf);
    findings.push(...regime.map(regimeFinding));
    if (stillOpen.length > 0) findings.push(openDefaults(stillOpen));
    return {
      kind: 'evaluated',
      lookedAt: {
        count: objects,
        text: `${counted(objects, 'object')}${notCompared(incomparable, replay.shims)}${versionWords(versionsApart, live.serverVersionNum, made.serverVersionNum)}${unread.length > 0 ? `; not read here: ${unread.join(', ')}` : ''}${pendingWords(replay.leftOut)}`,
      },
      findings,
    };
  },
});
