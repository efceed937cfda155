import { ACCESS_FILE, accessContractSchema } from '../../core/access-contract.ts';
import type { Facts } from '../../core/facts.ts';
import type { Repository } from './files.ts';

/** The access contract in the repository's root. */
export function readAccess(repository: Repository): Facts['repoAccess'] {
  const file = repository.read(ACCESS_FILE);
  if (file === null) return null;
  try {
    const parsed = accessContractSchema().safeParse(JSON.parse(file.text));
    if (parsed.success) return { contract: parsed.data, error: null };
    const [issue] = parsed.error.issues;
    return {
      contract: null,
      error: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not in the form of the schema'}`,
    };
  } catch (error) {
    return { contract: null, error: (error as Error).message };
  }
}
