import type { Facts } from '../../../core/facts.ts';
import { KEY_CLAIMS, SERVICE_CLAIMS, variant } from './claims.ts';
import type { ActorName, Population } from './population.ts';

type Described = Facts['accessMatrix']['personas'][number];
type Row = 'own' | 'tenant' | 'foreign';

/** Somebody who asks over the Data API: role and claims as PostgREST sets them. */
export interface Persona extends Described {
  claims: Readonly<Record<string, unknown>>;
  /** The user it is, and whose rows are the others' for it. */
  user: ActorName;
  rows: Readonly<Record<Row, ActorName | null>>;
}

const ROWS_OF: Readonly<Record<'A' | 'B' | 'C', Persona['rows']>> = {
  A: { own: 'A', tenant: 'B', foreign: 'C' },
  B: { own: 'B', tenant: 'A', foreign: 'C' },
  C: { own: 'C', tenant: null, foreign: 'A' },
};

/** `authenticator`'s roles beside the platform's own are the project's. */
export const PLATFORM_API_ROLES: readonly string[] = ['anon', 'authenticated', 'service_role'];

/** `expires`: a policy reads when the session ends, which the API checks of itself. */
export function personasOf(population: Population, customRoles: readonly string[], expires: boolean): Persona[] {
  const claims = (name: ActorName) => population.actors.get(name)?.claims ?? {};
  const user = (name: 'A' | 'B' | 'C', who: string): Persona => ({
    name,
    role: 'authenticated',
    who,
    claims: claims(name),
    user: name,
    rows: ROWS_OF[name],
  });
  const session = (
    name: string,
    who: string,
    change: Parameters<typeof variant>[1],
    role = 'authenticated',
  ): Persona => ({
    name,
    role,
    who,
    claims: variant(claims('A'), change),
    user: 'A',
    rows: ROWS_OF.A,
  });
  return [
    {
      name: 'anon',
      role: 'anon',
      who: 'anyone with the publishable key',
      claims: KEY_CLAIMS,
      user: 'A',
      rows: { own: null, tenant: null, foreign: 'A' },
    },
    user('A', 'a signed-in user'),
    user('B', 'another user of the same tenant'),
    user('C', 'a user of another tenant'),
    session('anonymous', 'somebody signed in anonymously', 'anonymous'),
    session('aal2', 'a signed-in user with a second factor', 'aal2'),
    ...(expires ? [session('expired', 'a user whose session has expired', 'expired')] : []),
    ...customRoles.map((role) => session(role, `a user whose token names the role ${role}`, { role }, role)),
    {
      name: 'service_role',
      role: 'service_role',
      who: 'whoever holds a secret key',
      claims: SERVICE_CLAIMS,
      user: 'A',
      rows: ROWS_OF.A,
    },
  ];
}
