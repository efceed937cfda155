import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const logPii = defineCheck({
  id: 'log-pii',
  rev: 2,
  title: 'Code does not log sessions, users or passwords',
  why: 'Logs are kept long, copied to third parties and read by many: a session logged there is an account anybody of them can take over.',
  severity: 'medium',
  source: 'OWASP Logging Cheat Sheet: data to exclude; GDPR Art. 5(1)(c)',
  remedy: 'Log an id, not the object; mask what must be seen.',
  falseAlarms:
    'A user’s id, an error, a test (`!!user`) and the result of a function are silent; so is what is not logged by console.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const findings = facts.repoCode.marks
      .filter((mark) => mark.name === 'console-log-secret')
      .map((mark) => ({
        object: objectRef('file', null, mark.path),
        discriminator: mark.detail,
        message: `${mark.path}:${mark.line} logs ${mark.detail}: it ends up in log stores that outlive the session`,
        detail: 'found in the parsed source',
        fix: { command: 'log an id only' },
        location: { file: mark.path, line: mark.line, column: 1 },
      }));
    return evaluated(facts.repoCode.filesParsed, 'source file', findings);
  },
});
