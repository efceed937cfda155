import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

/** Packages that report errors or traces of an application. */
const MONITORS = [
  '@sentry/',
  'dd-trace',
  '@datadog/',
  'newrelic',
  '@newrelic/',
  '@opentelemetry/sdk',
  '@opentelemetry/api',
  '@vercel/otel',
  'rollbar',
  '@rollbar/',
  '@bugsnag/',
  'bugsnag',
  'logrocket',
  '@highlight-run/',
  'highlight.run',
  '@honeybadger-io/',
  '@appsignal/',
  '@axiomhq/',
  'next-axiom',
  'elastic-apm-node',
  '@elastic/apm-rum',
  'applicationinsights',
  '@microsoft/applicationinsights',
  '@logtail/',
  '@honeycombio/',
  'posthog-js',
  'posthog-node',
  '@airbrake/',
  '@grafana/faro',
];

export const apmInCode = defineCheck({
  id: 'apm-in-code',
  rev: 1,
  title: 'The application reports its errors',
  why: 'Otherwise the first to know of an error is the user who meets it, and most of them do not write.',
  severity: 'medium',
  source: 'CATALOGUE 5.3 apm-in-code',
  remedy: 'Initialise an error tracker or OpenTelemetry in the front end and in the functions.',
  falseAlarms:
    'Any of the well-known packages counts, as does an initialisation in code without one (Deno imports); repositories without application code are not judged.',
  needs: ['repoProject', 'repoCode'],
  evaluate({ facts }) {
    if (facts.repoCode.filesParsed === 0) return notApplicable('the repository holds no JavaScript or TypeScript');
    const initialised = facts.repoCode.marks.some(
      ({ name }) => name === 'sentry-init' || name === 'opentelemetry-init',
    );
    const used = facts.repoProject.dependencies.some(({ name }) =>
      MONITORS.some((monitor) => name.startsWith(monitor)),
    );
    const paths = facts.repoProject.dependencies.map(({ path }) => path);
    const manifest = paths.sort((left, right) => left.length - right.length)[0] ?? 'package.json';
    return evaluated(
      facts.repoCode.filesParsed,
      'source file',
      initialised || used
        ? []
        : [
            {
              object: objectRef('file', null, manifest),
              message: 'no error tracker is in the code: errors that users meet are not reported to anybody',
              detail: `${counted(facts.repoCode.filesParsed, 'source file')}, no initialisation of Sentry or OpenTelemetry, and no package of such a service.`,
              fix: { command: 'npx @sentry/wizard@latest, or @vercel/otel, or the tool your team uses' },
            },
          ],
    );
  },
});
