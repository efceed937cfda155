import type { CheckFixture } from '../fixture.ts';

const SILENT = `
  create table public.profiles (id uuid primary key references auth.users (id) on delete cascade, name text not null, email text);
  create function public.make_profile() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into public.profiles (id, name, email) values (new.id, coalesce(new.raw_user_meta_data ->> 'full_name', ''), new.email);
      return new;
    end $$;
  create trigger make_profile after insert on auth.users for each row execute function public.make_profile();
  create function public.lower_mail() returns trigger language plpgsql as $$ begin new.email := lower(new.email); return new; end $$;
  create trigger lower_mail before insert on auth.users for each row execute function public.lower_mail();
`;
/** The template of `supabase init`: sign-up by phone is on, but nobody sends the messages, so that the CLI switches it off. */
const CONFIG = `
[auth.sms]
enable_signup = true
[auth.sms.twilio]
enabled = false
`;
const DEFECT = `
  create table public.mails (user_id uuid primary key, email text not null);
  create function public.keep_mail() returns trigger language plpgsql security definer set search_path = '' as $$
    begin insert into public.mails values (new.id, new.email); return new; end $$;
  create trigger keep_mail after insert on auth.users for each row execute function public.keep_mail();
  create table public.welcome (user_id uuid primary key, name text not null);
  create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
    begin insert into public.welcome values (new.id, new.raw_user_meta_data ->> 'full_name'); return new; end $$;
  create trigger welcome after insert on auth.users for each row execute function public.welcome();
`;
const FIXED = `
  alter table public.mails alter email drop not null;
  create or replace function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
    begin insert into public.welcome values (new.id, coalesce(new.raw_user_meta_data ->> 'full_name', '')); return new; end $$;
`;
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'auth-trigger-unsafe',
  silent: SILENT,
  defect: DEFECT,
  expect: [
    { object: 'trigger welcome on auth.users', severity: 'blocker' },
    { object: 'trigger keep_mail on auth.users', severity: 'low' },
  ],
  repair: FIXED,
  repo: {
    silent: { [file(1)]: SILENT, 'supabase/config.toml': CONFIG },
    defect: { [file(2)]: DEFECT },
    fixed: { [file(3)]: FIXED },
  },
} satisfies CheckFixture;
