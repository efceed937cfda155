-- A partitioned table with policies; of its partitions one was left without row level security and is reached by its own name.
create table public.readings (id bigint generated always as identity, user_id uuid not null references auth.users, region text not null check (region in ('eu', 'us')), value numeric, primary key (id, region)) partition by list (region);
create table public.readings_eu partition of public.readings for values in ('eu');
create table public.readings_us partition of public.readings for values in ('us');
alter table public.readings enable row level security;
alter table public.readings_us enable row level security;
create policy "own readings" on public.readings for all to authenticated using (user_id = (select auth.uid()));

-- truth        who     select insert update delete
-- readings     anon    .      .      .      .
-- readings     A,B,C   o      o      o      o
-- readings_eu  anon    f      f      f      f
-- readings_eu  A,B,C   of     ofO    ofO    of
-- readings_us  anon    ?f     ?f     ?f     ?f
-- readings_us  A,B,C   ?of    ?of    ?of    ?of
