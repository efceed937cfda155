/** A file of a generated history. */
export interface HistoryFile {
  name: string;
  sql: string;
}

const pad = (number: number) => String(number).padStart(6, '0');

/** What one team does to one table: made, guarded, indexed, filled, changed. */
function feature(n: number): string {
  const table = `public.feature_${n}`;
  return `create table ${table} (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null references auth.users (id) on delete cascade,
  ${n > 3 ? `parent_id uuid references public.feature_${n - 3} (id),` : ''}
  title text not null check (length(title) < 200),
  state text not null default 'open' check (state in ('open', 'closed')),
  amount numeric(12, 2) not null default 0,
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table ${table} is 'Feature ${n}';
alter table ${table} enable row level security;
create index feature_${n}_owner_idx on ${table} (owner_id);
create index feature_${n}_open_idx on ${table} (created_at) where state = 'open';
create policy "owner reads ${n}" on ${table} for select to authenticated using (owner_id = (select auth.uid()));
create policy "owner writes ${n}" on ${table} for all to authenticated using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create function public.touch_${n}() returns trigger language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger touch_${n} before update on ${table} for each row execute function public.touch_${n}();
revoke all on ${table} from anon;
grant select, insert on ${table} to authenticated;
`;
}

function block(n: number): string {
  return `do $$
declare
  relation record;
begin
  for relation in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r' and c.relname like 'feature\\_%' order by c.oid desc limit 10 loop
    execute format('drop policy if exists admin on public.%I', relation.relname);
    execute format('create policy admin on public.%I for all to service_role using (true)', relation.relname);
    execute format('grant update on public.%I to service_role', relation.relname);
  end loop;
end
$$;
create or replace function public.report_${n}(since timestamptz) returns table (id uuid, title text) language sql stable as $$
  select id, title from public.feature_${n - 1} where created_at > since
$$;
create or replace view public.open_${n} with (security_invoker = on) as select id, title from public.feature_${n - 1} where state = 'open';
`;
}

function change(n: number): string {
  const table = `public.feature_${n - 2}`;
  return `alter table ${table} add column note_${n} text, add column rank_${n} int not null default 0;
alter table ${table} rename column payload to payload_${n};
alter index public.feature_${n - 2}_owner_idx rename to feature_${n - 2}_by_owner;
alter policy "owner reads ${n - 2}" on ${table} rename to "readers ${n}";
alter table ${table} alter column amount type numeric(14, 2);
alter table ${table} add constraint rank_${n}_positive check (rank_${n} >= 0) not valid;
alter table ${table} validate constraint rank_${n}_positive;
drop trigger touch_${n - 2} on ${table};
create trigger touch_${n} before update on ${table} for each row execute function public.touch_${n - 2}();
`;
}

/** As `pg_dump --inserts` writes it. */
function dump(n: number): string {
  const lines = [`create table public.lookup_${n} (id int primary key, code text not null, label text);`];
  for (let row = 1; row <= 500; row++)
    lines.push(
      `INSERT INTO public.lookup_${n} (id, code, label) VALUES (${row}, 'code-${row}', 'the label of row ${row}');`,
    );
  return `${lines.join('\n')}\n`;
}

/** A made-up history as a team writes it in years: tables, policies, functions, DO blocks, changes, and now and then rows. */
export function writeHistory(files: number): HistoryFile[] {
  return Array.from({ length: files }, (_, index) => {
    const n = Math.floor(index / 3) * 3 + 1;
    const kind = index % 30 === 29 ? 'dump' : (['feature', 'block', 'change'] as const)[index % 3];
    const write = {
      feature: () => feature(index + 1),
      block: () => block(n + 1),
      change: () => change(n + 2),
      dump: () => dump(n),
    }[kind ?? 'dump'];
    return { name: `20240101${pad(index)}_${kind}_${index + 1}.sql`, sql: write() };
  });
}
