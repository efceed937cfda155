import type { Facts, Snapshot } from '../core/facts.ts';
import { futureOf, REACH_FACTS, type Reach, type ReachFacts, reachOf } from '../steps/lib/reach.ts';

/** What requests reach of one relation of one environment, role by role. */
export interface Exposure {
  environment: string;
  schema: string;
  name: string;
  kind: Reach['kind'];
  roles: readonly Pick<Reach, 'role' | 'direct' | 'ways' | 'sentence'>[];
}

/** The facets reachOf needs, with what sharpens them; null where one of them is missing. */
function reachFacts({ facts }: Snapshot): ReachFacts | null {
  const known: Partial<Record<keyof Facts, unknown>> = {};
  for (const name of REACH_FACTS) {
    const fact = facts[name];
    if (fact?.status !== 'ok') return null;
    known[name] = fact.value;
  }
  if (facts.repoConfig?.status === 'ok') known.repoConfig = facts.repoConfig.value;
  return known as unknown as ReachFacts;
}

/** What is reached of a table made from now on; nothing where default privileges were not read. */
export function futureIn(snapshot: Snapshot): string[] {
  const known = reachFacts(snapshot);
  const { defaultAcls } = snapshot.facts;
  return known && defaultAcls?.status === 'ok' ? futureOf({ ...known, defaultAcls: defaultAcls.value }) : [];
}

/** Who reaches what, in every environment whose catalogue says it. The SQL parser must be loaded. */
export function exposureOf(snapshots: Iterable<Snapshot>): Exposure[] {
  return [...snapshots].flatMap((snapshot) => {
    const facts = reachFacts(snapshot);
    const reach = (facts && reachOf(facts)) ?? [];
    const relations = new Map<string, Exposure & { roles: Exposure['roles'][number][] }>();
    for (const { schema, name, kind, role, direct, ways, sentence } of reach) {
      const key = JSON.stringify([schema, name]);
      const entry = relations.get(key) ?? {
        environment: snapshot.header.environment,
        schema,
        name,
        kind,
        roles: [],
      };
      entry.roles.push({ role, direct, ways, sentence });
      relations.set(key, entry);
    }
    return [...relations.values()];
  });
}
