import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

export const offsiteDump = defineCheck({
  id: 'offsite-dump',
  rev: 1,
  title: 'A dump is taken regularly to somewhere else',
  why: 'Backups inside the project are gone with the project: deleted by mistake, suspended, or lost with the account.',
  severity: 'medium',
  source: 'CATALOGUE 5.4 offsite-dump; Supabase docs, “Automated backups using GitHub Actions”',
  remedy: 'Schedule a workflow that runs `supabase db dump` and stores it elsewhere, encrypted.',
  falseAlarms:
    'Dumps made outside the repository (a server’s cron, a backup service) cannot be seen: cover the finding with a manual attestation or waiver that names them.',
  needs: ['repoProject'],
  evaluate({ facts }) {
    const { workflows } = facts.repoProject;
    const dumping = workflows.filter(({ runs }) => runs.includes('db-dump'));
    const unscheduled = dumping[0];
    const done = dumping.some(({ scheduled }) => scheduled);
    return evaluated(
      1,
      'repository',
      done
        ? []
        : [
            {
              object: objectRef('directory', null, '.github/workflows'),
              message: unscheduled
                ? `${unscheduled.path} dumps the database, but not on a schedule: the newest copy is as old as the last time somebody thought of it`
                : 'no scheduled job takes a dump out of the project: if the project is lost, so are its backups',
              detail: `${counted(workflows.length, 'workflow')} looked at for “supabase db dump” or pg_dump on a schedule.`,
              fix: {
                command:
                  'A workflow with “on: schedule” that runs: supabase db dump --db-url "$DATABASE_URL" -f dump.sql',
              },
              ...(unscheduled && { location: { file: unscheduled.path, line: 1, column: 1 } }),
            },
          ],
      'repositories',
    );
  },
});
