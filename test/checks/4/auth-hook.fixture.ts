import type { CheckFixture } from '../fixture.ts';
import { authSettings } from './auth-settings.ts';

const hook = (name: string) => ({
  hook_custom_access_token_enabled: true,
  hook_custom_access_token_uri: `pg-functions://postgres/public/${name}`,
});

export default {
  check: 'auth-hook',
  silent: `
    create function public.claims(event jsonb) returns jsonb language sql stable set search_path = '' as 'select event';
    revoke execute on function public.claims(jsonb) from public, anon, authenticated;
    grant execute on function public.claims(jsonb) to supabase_auth_admin;
  `,
  defect: `
    create function public.open_claims(event jsonb) returns jsonb language sql stable set search_path = '' as 'select event';
    revoke execute on function public.open_claims(jsonb) from public, supabase_auth_admin;
    grant execute on function public.open_claims(jsonb) to anon, authenticated;
  `,
  expect: [
    { object: 'setting hook send_sms', severity: 'blocker' },
    { object: 'setting hook send_email', severity: 'high' },
    { object: 'public.open_claims(event jsonb)', severity: 'blocker' },
    { object: 'public.open_claims(event jsonb)', severity: 'blocker' },
  ],
  repair: `
    revoke execute on function public.open_claims(jsonb) from anon, authenticated;
    grant execute on function public.open_claims(jsonb) to supabase_auth_admin;
  `,
  overlay: {
    // A hook that is off may name what it likes.
    silent: authSettings({ ...hook('claims'), hook_send_sms_uri: 'pg-functions://postgres/public/nowhere' }),
    defect: authSettings({
      ...hook('open_claims'),
      hook_send_sms_enabled: true,
      hook_send_sms_uri: 'pg-functions://postgres/public/nowhere',
      hook_send_email_enabled: true,
      hook_send_email_uri: 'http://mail.harbor.shop/send',
    }),
    fixed: authSettings(hook('open_claims')),
  },
} satisfies CheckFixture;
