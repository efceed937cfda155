import { parseAclItem } from '../../../core/acl.ts';
import type { Pair } from './model.ts';
import { isProject } from './platform.ts';
import type { Side } from './side.ts';

/*
 * What new objects in public are granted by default changed in 2026 (see facts/shadow/grants-regime.ts). Which of the two
 * was in force when the live objects were made can only be guessed from the time stamps of migrations. Where every object
 * differs by exactly those grants, the guess is wrong; nobody changed anything.
 */

type GrantClass = 'tables' | 'sequences' | 'functions';

/** What the API roles are granted by default under the legacy regime, and take back under the closed one. */
const LETTERS: Readonly<Record<GrantClass, string>> = { tables: 'arwd', sequences: 'rU', functions: 'X' };
export const REGIME_ROLES: readonly string[] = ['anon', 'authenticated', 'service_role'];

export type RegimeState = 'legacy' | 'closed' | 'neither';

/** How an ACL reads as for the grants that the regime decides. */
export function regimeState(acl: readonly string[], kind: GrantClass): RegimeState {
  const letters = LETTERS[kind];
  const given = REGIME_ROLES.map((role) => {
    const entry = acl.map(parseAclItem).find(({ grantee }) => grantee === role);
    return [...letters].filter((letter) => entry?.privileges.includes(letter)).length;
  });
  if (given.every((count) => count === letters.length)) return 'legacy';
  return given.every((count) => count === 0) ? 'closed' : 'neither';
}

/** The same of the defaults now in force for what the deploying role makes in public. */
export function defaultState(side: Side, kind: GrantClass): RegimeState {
  const row = side.catalogue.defaultAcls.find(
    ({ owner, schema, objects }) => owner === side.deployRole && schema === 'public' && objects === kind,
  );
  return regimeState(row?.acl ?? [], kind);
}

interface Granted {
  kind: GrantClass;
  key: string;
  acl: readonly string[];
}

function grantedIn(side: Side): Granted[] {
  const { relations, sequences, functions } = side.catalogue;
  return [
    ...relations
      .filter((row) => row.schema === 'public' && isProject('relation', row))
      .map((row) => ({ kind: 'tables' as const, key: row.name, acl: row.acl })),
    ...sequences
      .filter((row) => row.schema === 'public' && isProject('sequence', row))
      .map((row) => ({ kind: 'sequences' as const, key: row.name, acl: row.acl })),
    ...functions
      .filter((row) => row.schema === 'public' && isProject('function', row))
      .map((row) => ({ kind: 'functions' as const, key: `${row.name}(${row.arguments})`, acl: row.acl })),
  ];
}

/** From this many objects on, that every one of them differs is no coincidence. */
const ENOUGH = 3;

/** A class of objects in public whose default grants were replayed by the wrong regime. */
export interface RegimeMistake {
  kind: GrantClass;
  /** What the replay gave. */
  replayed: 'legacy' | 'closed';
  objects: number;
}

/** Where the regime of the replay is not the one that the live objects were made under. */
export function regimeMistakes(pair: Pair): RegimeMistake[] {
  const live = new Map(grantedIn(pair.live).map((row) => [`${row.kind} ${row.key}`, row]));
  const mistakes: RegimeMistake[] = [];
  for (const kind of ['tables', 'sequences', 'functions'] as const) {
    for (const replayed of ['legacy', 'closed'] as const) {
      let same = 0;
      let other = 0;
      for (const row of grantedIn(pair.migrations)) {
        if (row.kind !== kind || regimeState(row.acl, kind) !== replayed) continue;
        const twin = live.get(`${row.kind} ${row.key}`);
        if (twin === undefined) continue;
        const state = regimeState(twin.acl, kind);
        if (state === replayed) same++;
        else if (state !== 'neither') other++;
      }
      if (same > 0 || other === 0) continue;
      const defaultsTell = defaultState(pair.live, kind) !== defaultState(pair.migrations, kind);
      if (other >= ENOUGH || defaultsTell) mistakes.push({ kind, replayed, objects: other });
    }
  }
  return mistakes;
}

/** How the replay's default grants came about: `legacy` throughout, or `closed` from some file on, by its time stamp. */
export type ReplayRegime = 'legacy' | 'closed' | 'mixed';

/**
 * The default privileges in public, without what is only the regime's. Supabase closes them in every project: live defaults
 * that are closed where the replay's are legacy, for all API roles at once, are its doing. Where the replay closed them by
 * the time stamps of files, live defaults that still give something are told once, by `stillOpen`.
 */
export function comparableDefaults(
  kind: GrantClass,
  live: readonly string[],
  migrations: readonly string[],
  regime: ReplayRegime,
): [readonly string[], readonly string[]] {
  const given = (acl: readonly string[]) => regimeGrants(acl, kind);
  const closedByPlatform = regime === 'legacy' && given(live).length === 0;
  const openedSince = regime !== 'legacy' && given(migrations).every((grant) => given(live).includes(grant));
  return closedByPlatform || openedSince
    ? [withoutRegimeGrants(live, kind), withoutRegimeGrants(migrations, kind)]
    : [live, migrations];
}

/** `anon r`, `anon a`, …: the grants of an ACL that the regime decides. */
function regimeGrants(acl: readonly string[], kind: GrantClass): string[] {
  return acl
    .map(parseAclItem)
    .flatMap(({ grantee, privileges }) =>
      REGIME_ROLES.includes(grantee)
        ? [...privileges].filter((letter) => LETTERS[kind].includes(letter)).map((letter) => `${grantee} ${letter}`)
        : [],
    );
}

/** Kinds of objects that the live database still grants to API roles by default, where the replay took that as ended. */
export function stillOpen(pair: Pair, regime: ReplayRegime): GrantClass[] {
  if (regime === 'legacy') return [];
  const defaults = (side: Side, kind: GrantClass) =>
    side.catalogue.defaultAcls.find(
      ({ owner, schema, objects }) => owner === side.deployRole && schema === 'public' && objects === kind,
    )?.acl ?? [];
  return (['tables', 'sequences', 'functions'] as const).filter((kind) => {
    const [live, migrations] = [defaults(pair.live, kind), defaults(pair.migrations, kind)];
    return regimeGrants(live, kind).some((grant) => !regimeGrants(migrations, kind).includes(grant));
  });
}

/** True where a difference between two ACLs of objects in public may be the regime's. */
export function isRegimeGrant(
  mistakes: readonly RegimeMistake[],
  kind: GrantClass,
  live: readonly string[],
  migrations: readonly string[],
): boolean {
  const state = regimeState(migrations, kind);
  const own = regimeState(live, kind);
  return (
    state !== 'neither' &&
    own !== 'neither' &&
    own !== state &&
    mistakes.some((one) => one.kind === kind && one.replayed === state)
  );
}

/** Grants that the regime decides, taken out of an ACL. */
export function withoutRegimeGrants(acl: readonly string[], kind: GrantClass): string[] {
  return acl.flatMap((item) => {
    const { grantee, granted, grantor } = parseAclItem(item);
    if (!REGIME_ROLES.includes(grantee)) return [item];
    const rest = [...granted].filter((letter) => !LETTERS[kind].includes(letter)).join('');
    return rest === '' ? [] : [`${grantee}=${rest}/${grantor}`];
  });
}
