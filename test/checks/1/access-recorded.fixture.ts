import type { CheckFixture } from '../fixture.ts';

// The tests connect as the owner to a local server: how an audit of a real project connects is laid over.
const access = {
  currentUser: 'supaready',
  superuser: false,
  bypassRls: false,
  createRole: false,
  createDb: false,
  writableTables: 0,
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  local: false,
  path: 'direct',
  readOnlyGuard: 'refused',
};

export default {
  check: 'access-recorded',
  silent: '',
  defect: '',
  overlay: {
    silent: { access },
    defect: { access: { ...access, currentUser: 'postgres', writableTables: 12, tls: null } },
    fixed: { access },
  },
  expect: [
    { object: 'role postgres', severity: 'medium' },
    { object: 'role postgres', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
