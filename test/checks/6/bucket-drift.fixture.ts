import type { CheckFixture } from '../fixture.ts';

const config = `[storage.buckets.avatars]
public = false
file_size_limit = "2MiB"
allowed_mime_types = ["image/png", "image/jpeg"]

[storage.buckets.invoices]
public = false
`;

export default {
  check: 'bucket-drift',
  silent: `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
    ('avatars', 'avatars', false, 2097152, array['image/jpeg', 'image/png']), ('invoices', 'invoices', false, 5242880, null)`,
  defect: `
    update storage.buckets set public = true where id = 'invoices';
    update storage.buckets set allowed_mime_types = null where id = 'avatars';
  `,
  repo: { silent: { 'supabase/config.toml': config } },
  expect: [
    { object: 'bucket invoices', severity: 'high' },
    { object: 'bucket avatars', severity: 'medium' },
  ],
} satisfies CheckFixture;
