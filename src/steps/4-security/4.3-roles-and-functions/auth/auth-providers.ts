import { type AuthRule, authCheck, isOn, must } from '../../../lib/auth-settings.ts';

export const authProviders = authCheck({
  id: 'auth-providers',
  title: 'Each way to sign in that is on can be used',
  why: 'A provider without its id or secret is a button that leads to an error page, and a registry of OAuth clients that is open lets anybody ask users for access.',
  severity: 'high',
  source: 'Supabase docs, “Social login”, “OAuth 2.1 server”',
  remedy: 'Enter the provider’s client id and secret, or switch it off.',
  falseAlarms: 'A provider used only by native apps needs no secret where it names their client ids.',
  page: 'auth/providers',
  rules: (auth) => {
    const providers = Object.keys(auth.settings).flatMap((field): AuthRule[] => {
      const provider = /^external_([a-z0-9_]+)_enabled$/.exec(field)?.[1];
      const id = `external_${provider}_client_id`;
      // E-mail, phone, anonymous sign-in and wallets have no client.
      if (provider === undefined || !isOn(auth, field) || auth.settings[id] === undefined) return [];
      const more = auth.settings[`external_${provider}_additional_client_ids`];
      if (typeof more === 'string' && more !== '') return [];
      return [
        {
          field,
          judge() {
            const missing = [
              ...(auth.settings[id] ? [] : ['client id']),
              ...(auth.secretsSet.includes(`external_${provider}_secret`) ? [] : ['secret']),
            ];
            if (missing.length === 0) return null;
            return {
              severity: 'high',
              message: `sign-in with ${provider} is on and has no ${missing.join(' and no ')}: who tries it meets an error`,
              to: 'enter them, or set it to false',
            };
          },
        },
      ];
    });
    const open =
      auth.settings.oauth_server_allow_dynamic_registration === undefined
        ? []
        : [
            must(
              'oauth_server_allow_dynamic_registration',
              false,
              'medium',
              'anybody can register an OAuth client that asks users for access',
            ),
          ];
    const rules = [...providers, ...open];
    return rules.length > 0 ? rules : 'no provider is on';
  },
});
