import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'auth-rls-initplan',
  silent: `
    create table public.notes (id int primary key, owner uuid, team uuid);
    create function public.is_member(team uuid) returns boolean language sql stable as 'select team = auth.uid()';
    create function public.is_admin() returns boolean language sql stable as $$ select auth.jwt() ->> 'role' = 'admin' $$;
    create policy a on public.notes for select using (owner = (select auth.uid()));
    create policy b on public.notes for select using (public.is_member(team));
    create policy c on public.notes for select using ((select public.is_admin()));
    create policy d on public.notes for select using (true);
  `,
  defect: `
    create function public.via() returns boolean language plpgsql stable as $$ begin return public.is_admin(); end $$;
    create policy e on public.notes for select using (owner = auth.uid());
    create policy f on public.notes for update using (owner = (select auth.uid())) with check (owner = auth.uid() and auth.role() = 'authenticated');
    create policy g on public.notes for select using (public.is_admin());
    create policy h on public.notes for select using (public.via());
    create policy "í" on public.notes for select using ('é''(' <> '' and current_setting('app.team', true) = team::text);
    create policy j on public.notes for select using (exists (select 1 from public.notes n where n.owner = auth.uid()));
  `,
  expect: [
    { object: 'policy e on public.notes', severity: 'medium' },
    { object: 'policy f on public.notes', severity: 'medium' },
    { object: 'policy g on public.notes', severity: 'medium' },
    { object: 'policy h on public.notes', severity: 'medium' },
    { object: 'policy "í" on public.notes', severity: 'medium' },
    { object: 'policy j on public.notes', severity: 'medium' },
  ],
} satisfies CheckFixture;
