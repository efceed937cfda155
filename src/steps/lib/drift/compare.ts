import { describeObject } from '../../../core/object.ts';
import type { Severity } from '../../../core/severity.ts';
import { columns } from './kinds/column.ts';
import { comments } from './kinds/comment.ts';
import {
  eventTriggers,
  extensions,
  foreignServers,
  otherObjects,
  publications,
  schemas,
  versionsApart,
} from './kinds/database.ts';
import { functions } from './kinds/function.ts';
import { grantKinds } from './kinds/grants.ts';
import { constraints, indexes, policies, rules, statistics, switchedOff, triggers } from './kinds/parts.ts';
import { platformRelations, relations } from './kinds/relation.ts';
import { roleSettings, roles } from './kinds/role.ts';
import { sequences } from './kinds/sequence.ts';
import { buckets, cronJobs } from './kinds/service.ts';
import { types } from './kinds/type.ts';
import type { Difference, Direction, Kind, Pair, Shown } from './model.ts';
import { wholeKey } from './model.ts';
import { type RegimeMistake, type ReplayRegime, regimeMistakes, stillOpen } from './regime.ts';
import { shimTest } from './shims.ts';
import { type Catalogue, pairOf, type Side } from './side.ts';

const KINDS = [
  schemas,
  extensions,
  roles,
  roleSettings,
  types,
  relations,
  platformRelations,
  columns,
  sequences,
  constraints,
  indexes,
  policies,
  triggers,
  switchedOff,
  rules,
  statistics,
  functions,
  publications,
  eventTriggers,
  foreignServers,
  otherObjects,
  comments,
  cronJobs,
  buckets,
] as unknown as readonly Kind<never>[];

export interface Drift {
  differences: Difference[];
  /** Objects looked at, on either side. */
  objects: number;
  /** Where the replay's default grants are not those that the live objects were made under. */
  regime: RegimeMistake[];
  /** What the live database still grants to API roles by default. */
  stillOpen: ReturnType<typeof stillOpen>;
  /** Objects left out since they rest on stand-ins for extensions, in words. */
  incomparable: string[];
  /** Extensions whose versions differ, and are not compared since the servers are of different major versions. */
  versionsApart: string[];
}

/** What of the replay bears on the comparison. */
export interface ReplayFacts {
  regime: ReplayRegime;
  /** Extensions that the shadow has stand-ins for. */
  shims: readonly string[];
}
const PLAIN_REPLAY: ReplayFacts = { regime: 'legacy', shims: [] };

interface Rows {
  live: ReadonlyMap<string, never>;
  migrations: ReadonlyMap<string, never>;
}

function byKey(kind: Kind<never>, side: Side): Map<string, never> {
  const rows = new Map<string, never>();
  for (const row of kind.rows(side)) rows.set(kind.key(row, side), row);
  return rows;
}

/** A role can be dropped once nothing speaks of it, and is there before anything can. */
const isRoleToDrop = ({ object, aspect }: Difference) => object.kind === 'role' && aspect === 'extra';

/**
 * Everything in which the live database differs from the one that the migrations make. Order: by kind, then by key, which
 * is one in which the fixes can be run.
 */
export function driftBetween(live: Catalogue, migrations: Catalogue, replay: ReplayFacts = PLAIN_REPLAY): Drift {
  const pair: Pair = { ...pairOf(live, migrations), names: new Map() };
  const regime = regimeMistakes(pair);
  const kinds = [...KINDS, ...grantKinds(regime, replay.regime)];
  const all = kinds.map((kind) => ({
    kind,
    rows: { live: byKey(kind, pair.live), migrations: byKey(kind, pair.migrations) },
  }));
  const present = { live: new Set<string>(), migrations: new Set<string>() };
  const objects = new Set<string>();
  const told = new Set<string>();
  for (const { kind, rows } of all) {
    for (const where of ['live', 'migrations'] as const) {
      for (const key of rows[where].keys()) {
        present[where].add(wholeKey(kind.id, key));
        if (kind.presence !== null) objects.add(wholeKey(kind.id, key));
      }
    }
  }
  const found = all.flatMap(({ kind, rows }) => compareKind(kind, rows, pair, present, told));
  const restsOnShim = shimTest(replay.shims);
  const comparable = found.filter((difference) => !restsOnShim(difference));
  const differences = [
    ...comparable.filter((difference) => !isRoleToDrop(difference)),
    ...comparable.filter(isRoleToDrop),
  ];
  const incomparable = [...new Set(found.filter(restsOnShim).map(({ object }) => describeObject(object)))].sort();
  return {
    differences,
    objects: objects.size,
    regime,
    stillOpen: stillOpen(pair, replay.regime),
    incomparable,
    versionsApart: versionsApart(pair),
  };
}

type Present = Record<'live' | 'migrations', ReadonlySet<string>>;

function compareKind(kind: Kind<never>, rows: Rows, pair: Pair, present: Present, told: Set<string>): Difference[] {
  const differences: Difference[] = [];
  const isTold = (row: never) => {
    const whole = kind.whole?.(row) ?? '';
    return whole === '' || (present.live.has(whole) && present.migrations.has(whole) && !told.has(whole));
  };
  const extra: never[] = [];
  const missing: never[] = [];
  for (const [key, row] of rows.live) {
    const twin = rows.migrations.get(key);
    if (twin !== undefined) {
      const found = compareRows(kind, row, twin, pair);
      differences.push(...found);
      if (found.some(({ aspect }) => kind.aspects.some((one) => one.name === aspect && one.ofWhole)))
        told.add(wholeKey(kind.id, key));
    } else if (kind.absent) differences.push(...compareRows(kind, row, kind.absent(row), pair));
    else if (isTold(row)) extra.push(row);
  }
  for (const [key, row] of rows.migrations) {
    if (rows.live.has(key)) continue;
    if (kind.absent) differences.push(...compareRows(kind, kind.absent(row), row, pair));
    else if (isTold(row)) missing.push(row);
  }
  const renames = renamedPairs(kind, extra, missing, pair);
  for (const [live, twin] of renames) {
    differences.push(renamed(kind, live, twin, pair));
    const [before, after] = [kind.object(live), kind.object(twin)];
    pair.names.set(before.column ?? before.name, after.column ?? after.name);
  }
  for (const row of extra) {
    if (!renames.some(([live]) => live === row)) differences.push(...oneSided(kind, row, 'live', pair));
  }
  for (const row of missing) {
    if (!renames.some(([, twin]) => twin === row)) differences.push(...oneSided(kind, row, 'migrations', pair));
  }
  return differences;
}

const toMigrations = ({ live, migrations }: Pair): Direction => ({ from: live, to: migrations });
const toLive = ({ live, migrations }: Pair): Direction => ({ from: migrations, to: live });

function compareRows(kind: Kind<never>, live: never, migrations: never, pair: Pair): Difference[] {
  const differences: Difference[] = [];
  for (const aspect of kind.aspects) {
    const shown = aspect.compare(live, migrations, pair);
    if (shown === null) continue;
    const { severity, follows } = aspect;
    differences.push({
      object: kind.object(live),
      aspect: aspect.name,
      severity: typeof severity === 'function' ? severity(live, migrations) : severity,
      shown,
      follows: (typeof follows === 'function' ? follows(live, migrations, pair) : follows) || null,
      fix: aspect.change(live, migrations, toMigrations(pair)),
      migration: aspect.change(migrations, live, toLive(pair)),
    });
    // What is of another kind altogether differs in everything.
    if (aspect.name === 'kind') break;
  }
  return differences;
}

function oneSided(kind: Kind<never>, row: never, where: 'live' | 'migrations', pair: Pair): Difference[] {
  const severity: Severity | null =
    typeof kind.presence === 'function'
      ? (kind.presence as (row: never, where: string) => Severity | null)(row, where)
      : kind.presence;
  if (severity === null) return [];
  const isExtra = where === 'live';
  const shown: Shown = isExtra ? { live: 'there', migrations: null } : { live: null, migrations: 'there' };
  return [
    {
      object: kind.object(row),
      aspect: isExtra ? 'extra' : 'missing',
      severity,
      shown,
      follows: null,
      fix: isExtra ? kind.drop(row, toMigrations(pair)) : kind.create(row, toMigrations(pair)),
      migration: isExtra ? kind.create(row, toLive(pair)) : kind.drop(row, toLive(pair)),
    },
  ];
}

/** An object that only live has and one that only the migrations make, alike in all but their name, and no third like them. */
function renamedPairs(
  kind: Kind<never>,
  extra: readonly never[],
  missing: readonly never[],
  pair: Pair,
): [never, never][] {
  if (kind.nameless === undefined || kind.rename === undefined || extra.length === 0 || missing.length === 0) return [];
  const alike = new Map<string, { live: never[]; migrations: never[] }>();
  const gather = (rows: readonly never[], where: 'live' | 'migrations') => {
    for (const row of rows) {
      const text = kind.nameless?.(row, pair[where]) ?? null;
      if (text === null) continue;
      const group = alike.get(text) ?? { live: [], migrations: [] };
      group[where].push(row);
      alike.set(text, group);
    }
  };
  gather(extra, 'live');
  gather(missing, 'migrations');
  const pairs: [never, never][] = [];
  for (const { live, migrations } of alike.values()) {
    const [first] = live;
    const [second] = migrations;
    if (live.length === 1 && migrations.length === 1 && first !== undefined && second !== undefined)
      pairs.push([first, second]);
  }
  return pairs;
}

function renamed(kind: Kind<never>, live: never, migrations: never, pair: Pair): Difference {
  return {
    object: kind.object(live),
    aspect: 'name',
    severity: kind.renamed ?? 'medium',
    shown: { live: describeObject(kind.object(live)), migrations: describeObject(kind.object(migrations)) },
    follows: 'statements that name it by the migrations’ name fail here',
    fix: kind.rename?.(live, migrations, toMigrations(pair)) ?? [],
    migration: kind.rename?.(migrations, live, toLive(pair)) ?? [],
  };
}
