import type { Facts } from '../../../src/core/facts.ts';

type Result = Facts['auditResults']['results'][number];

/** A result of the audit as section 7 sees it. */
export function result(check: string, parts: Partial<Result> = {}): Result {
  return {
    environment: 'production',
    checkpoint: '4.1',
    check,
    matrix: null,
    status: 'pass',
    evidence: true,
    findings: [],
    ...parts,
  };
}

export function finding(
  severity: Result['findings'][number]['severity'],
  table: string | null,
  state: Result['findings'][number]['state'] = 'open',
): Result['findings'][number] {
  return {
    fingerprint: `${severity}-${table}-${state}`,
    severity,
    state,
    table: table === null ? null : ['public', table],
  };
}

/** One result of each column of the matrix, all clean. */
export const CLEAN: readonly Result[] = [
  result('no-primary-key', { matrix: 'Schema', checkpoint: '2.2' }),
  result('rls-all-privileges', { matrix: 'RLS' }),
  result('unindexed-foreign-keys', { matrix: 'Indexes', checkpoint: '5.1' }),
  result('seed-required-rows', { matrix: 'Seed', checkpoint: '3.1' }),
  result('slow-query', { matrix: 'Monitoring', checkpoint: '5.1' }),
];

export function table(name: string): Facts['relations'][number] {
  return {
    schema: 'public',
    name,
    kind: 'table',
    owner: 'postgres',
    acl: [],
    rls: true,
    forceRls: false,
    comment: null,
    extension: null,
    platform: false,
    options: [],
    partitionOf: null,
    parents: null,
    partitionKey: null,
    partitionBound: null,
    replicaIdentity: 'd',
    replicaIndex: null,
    foreignServer: null,
    foreignOptions: [],
    persistence: 'p',
    updatable: 0,
  };
}

export function column(
  relation: string,
  name: string,
  type: string,
  parts: Partial<Facts['columns'][number]> = {},
): Facts['columns'][number] {
  return {
    schema: 'public',
    relation,
    name,
    position: 1,
    type,
    notNull: false,
    default: null,
    identity: '',
    generated: '',
    acl: null,
    comment: null,
    special: null,
    ...parts,
  };
}
