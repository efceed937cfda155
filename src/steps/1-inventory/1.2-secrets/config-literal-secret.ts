import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const configLiteralSecret = defineCheck({
  id: 'config-literal-secret',
  rev: 1,
  title: 'config.toml names secrets and holds none',
  why: 'supabase/config.toml is committed: a secret written into it is in every clone, and “supabase config push” makes it the live one.',
  severity: 'high',
  source: 'CATALOGUE 1.2 config-literal-secret; Supabase docs, “Managing config and secrets”',
  remedy: 'Write env(NAME) and keep the value in the environment; rotate what stood there.',
  falseAlarms: 'Empty values, env(…) and encrypted: values are left out.',
  needs: ['repoConfig'],
  evaluate({ facts }) {
    const config = facts.repoConfig;
    if (config === null) return notApplicable('there is no supabase/config.toml');
    if (config.error) return skipped(`${config.path} could not be read: ${config.error}`);
    return evaluated(
      1,
      'configuration file',
      config.literalSecrets.map(({ key, line }) => ({
        object: objectRef('file', null, config.path),
        message: `${key} in ${config.path} is written out: whoever has a clone has the secret`,
        detail: 'Its value is a literal, not env(…).',
        fix: {
          command: `write ${key.split('.').at(-1)} = "env(${key.toUpperCase().replace(/[^A-Z0-9]+/g, '_')})" and rotate the secret`,
        },
        location: { file: config.path, line, column: 1 },
        discriminator: key,
      })),
    );
  },
});
