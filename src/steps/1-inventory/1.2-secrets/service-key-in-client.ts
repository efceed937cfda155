import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isPublicVariable } from '../env-names.ts';

const SECRET_KINDS: ReadonlySet<string> = new Set(['service-role-jwt', 'supabase-secret-key']);

export const serviceKeyInClient = defineCheck({
  id: 'service-key-in-client',
  rev: 1,
  title: 'No secret key reaches a browser',
  why: 'The secret key passes every policy: whoever opens the developer tools reads and writes the whole database.',
  severity: 'blocker',
  source: 'CATALOGUE 1.2 service-key-in-client; Supabase docs, “Understanding API keys”',
  remedy: 'Take it out of public variables and of code that browsers load, use it on the server only, and rotate it.',
  falseAlarms:
    'The public demo keys of the local stack are left out. A public variable that is only named for a secret key (in .env.example) is high, since no value is seen.',
  needs: ['repoKeys', 'repoEnv', 'repoCode'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    const named = new Set<string>();
    for (const { path, line, kind, variable, client, demo, where } of facts.repoKeys) {
      if (!client || demo || where === 'history' || !SECRET_KINDS.has(kind)) continue;
      if (variable) named.add(`${path} ${variable}`);
      findings.push({
        object: objectRef('file', null, path),
        message: `a secret key of Supabase in ${path} is delivered to browsers: every visitor can pass every policy`,
        detail:
          variable && isPublicVariable(variable)
            ? `${variable} is written into the bundle by its prefix.`
            : 'Browsers load this file.',
        fix: { command: 'use it on the server only, under a name without a public prefix, and rotate the key' },
        location: { file: path, line, column: 1 },
        discriminator: variable ?? kind,
      });
    }
    for (const { path, line, variable } of facts.repoEnv) {
      if (!isPublicVariable(variable) || !/service_?role|supabase_?secret|secret_?key/i.test(variable)) continue;
      // Stripe and others have secret keys too, but this check speaks of Supabase's.
      if (/stripe|recaptcha|captcha/i.test(variable) || named.has(`${path} ${variable}`)) continue;
      findings.push({
        object: objectRef('file', null, path),
        severity: 'high',
        message: `${variable} in ${path} is named for a secret key, and its prefix writes it into what browsers load`,
        detail: 'Judged by its name; no key was seen in it.',
        fix: { command: `rename ${variable} without its prefix and read it on the server only` },
        location: { file: path, line, column: 1 },
        discriminator: variable,
      });
    }
    for (const { path, line, secretKey, side } of facts.repoCode.clients) {
      if (!secretKey || side !== 'client') continue;
      findings.push({
        object: objectRef('file', null, path),
        severity: 'high',
        message: `${path} makes a client with the secret key in code that browsers run`,
        detail: 'The file runs in browsers, by its directive, its framework or its package.',
        fix: { command: 'move it to the server' },
        location: { file: path, line, column: 1 },
        discriminator: 'client',
      });
    }
    const looked = facts.repoKeys.length + facts.repoEnv.length + facts.repoCode.clients.length;
    return evaluated(looked, 'key, variable or client', findings, 'keys, variables and clients');
  },
});
