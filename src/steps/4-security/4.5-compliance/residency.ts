import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const residency = defineCheck({
  id: 'residency',
  rev: 1,
  title: 'The data are where the project says they are',
  why: 'A region cannot be changed afterwards: data in another one than was promised mean a new project, and a letter to users.',
  severity: 'high',
  source: 'CATALOGUE 4.5 residency; Supabase docs, “Available regions”; Management API, projects/{ref} region',
  remedy: 'Make a project in the right region and move to it before the launch, or put the promise right.',
  falseAlarms: 'Compared with declared.regions of supaready.config.json only.',
  needs: ['platformProject', 'declared'],
  evaluate({ facts }) {
    const { platformProject: project, declared } = facts;
    if (project === null) return notApplicable('no hosted project stands behind this database');
    if (declared.regions.length === 0)
      return skipped(
        `the project is in ${project.region}, and where the data may be is not declared; write "declared": {"regions": ["${project.region}"]} into supaready.config.json if that is right`,
      );
    if (declared.regions.includes(project.region)) return evaluated(1, 'project', []);
    return evaluated(1, 'project', [
      {
        object: objectRef('setting', null, 'region'),
        message: `the project is in ${project.region}, and the data may be in ${declared.regions.join(', ')} only`,
        detail: 'The Management API’s region against declared.regions.',
        fix: { command: 'Make a project in the right region and restore a dump there; the region of this one stays.' },
      },
    ]);
  },
});
