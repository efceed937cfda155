import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'multiple-permissive-policies',
  silent: `
    create table public.notes (id int primary key, owner uuid);
    create policy a on public.notes for select to anon using (true);
    create policy b on public.notes for select to authenticated using (true);
    create policy c on public.notes for all to service_role using (true);
    create policy d on public.notes as restrictive for select to authenticated using (true);
    create policy e on public.notes for insert to authenticated with check (true);
  `,
  defect: `
    create table public.posts (id int primary key, owner uuid, public boolean);
    create policy a on public.posts for select to authenticated using (public);
    create policy b on public.posts for select to authenticated using (owner = (select auth.uid()));
    create policy c on public.posts for update to authenticated using (public) with check (owner is not null);
    create policy d on public.posts for update to authenticated using (owner = (select auth.uid()));
  `,
  expect: [
    { object: 'public.posts', severity: 'low' },
    { object: 'public.posts', severity: 'low' },
  ],
} satisfies CheckFixture;
