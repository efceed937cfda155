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
import { located } from '../../lib/origins.ts';

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

/** The live facets in the shape of the shadow's; services are compared only where both were read. */
function liveCatalogue(facts: LiveFacts): Catalogue {
  const { database, cronJobs = null, storage = null, ...rest } = facts;
  return { ...rest, cronJobs, storage, serverVersionNum: database.serverVersionNum };
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
  needs: ['database', 'replay', ...CATALOGUE],
  uses: ['shadowCatalogue', 'cronJobs', 'storage', 'repoMigrations', 'repoConfig'],
  evaluate({ facts, environment }): CheckOutcome {
    if (environment.source === 'from-migrations')
      return notApplicable('this database was built from the migrations: it cannot differ from them');
    const { replay, shadowCatalogue, repoMigrations, repoConfig, ...rest } = facts;
    if (shadowCatalogue === undefined)
      return skipped('the database that the migrations make could not be read; run the check again');
    const failure = replay?.failures[0];
    if (failure)
      return skipped(
        `${counted(replay?.failures.length ?? 1, 'migration file')} failed in the replay, first ${failure.path}:${failure.line} (${failure.sqlstate} ${failure.message}), so what the migrations make is not known; ${failure.hint}`,
      );
    const live = liveCatalogue(rest);
    const { differences, objects, regime } = driftBetween(
      { ...live, cronJobs: shadowCatalogue.cronJobs === null ? null : live.cronJobs },
      {
        ...shadowCatalogue,
        cronJobs: rest.cronJobs === undefined ? null : shadowCatalogue.cronJobs,
        storage: rest.storage === undefined ? null : shadowCatalogue.storage,
      },
    );
    const findings = differences.map((difference) => ({
      ...findingOf(difference),
      ...located({ ...(repoMigrations && { repoMigrations }) }, difference.object),
    }));
    findings.push(...regime.map(regimeFinding));
    return {
      kind: 'evaluated',
      lookedAt: { count: objects, text: counted(objects, 'object') },
      findings,
    };
  },
});
