import type { CheckFixture } from '../fixture.ts';
import { DEFINERS, EXPOSED_HELPER } from './definers.ts';
import { expose } from './expose.ts';

export default {
  check: 'authenticated-security-definer-function-executable',
  silent: `${expose('public')}${DEFINERS}`,
  declared: { allowedDefinerFunctions: ['public.ping()'] },
  defect: `${EXPOSED_HELPER}
create function public.wipe() returns void language sql security definer set search_path = '' as $$ delete from public.notes $$;
create function public.mine() returns bigint language plpgsql security definer set search_path = '' as $$ begin if auth.uid() is null then raise exception 'no'; end if; return 1; end $$;
revoke execute on function public.mine() from public, anon;
`,
  expect: [
    { object: 'public.wipe()', severity: 'medium' },
    { object: 'public.mine()', severity: 'low' },
    { object: 'public.is_yours(owner uuid)', severity: 'low' },
  ],
} satisfies CheckFixture;
