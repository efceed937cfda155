import type { CheckFixture } from '../fixture.ts';
import { DEFINERS, EXPOSED_HELPER } from './definers.ts';
import { expose } from './expose.ts';

export default {
  check: 'anon-security-definer-function-executable',
  silent: `${expose('public')}${DEFINERS}`,
  declared: { allowedDefinerFunctions: ['public.ping()'] },
  defect: `${EXPOSED_HELPER}
create function public.wipe() returns void language sql security definer set search_path = '' as $$ delete from public.notes $$;
create function public.mine() returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.notes where user_id = auth.uid() $$;
`,
  expect: [
    { object: 'public.wipe()', severity: 'high' },
    { object: 'public.mine()', severity: 'medium' },
    { object: 'public.is_yours(owner uuid)', severity: 'low' },
  ],
} satisfies CheckFixture;
