import { contractName } from '../../core/access-contract.ts';
import type { Facts } from '../../core/facts.ts';

/* What the API answered, beside what a person has said it may (src/facts/http/). */

export type Asked = Facts['httpSurface']['relations'][number];

/** The name a bucket has in the access contract. */
export function bucketName(id: string): string {
  return contractName({ schema: 'storage', table: 'objects', bucket: id });
}

/** Whether the approved access contract lets visitors read of it; null where it says nothing, or there is none. */
export function approvedForAnon({ repoAccess }: Partial<Pick<Facts, 'repoAccess'>>, name: string): boolean | null {
  const said = repoAccess?.contract?.tables[name];
  if (!said) return null;
  return Object.values(said.access.anon?.select ?? {}).includes('allow');
}
