import type { Facts, Relation } from '../../core/facts.ts';
import { API_ROLES, type ApiRole, holds, schemaUsage } from '../lib/exposure.ts';

/** Which API roles may read a relation: USAGE on its schema, and SELECT on it or on one of its columns. */
export function apiReaders(facts: Pick<Facts, 'roles' | 'schemas' | 'columns'>, relation: Relation): ApiRole[] {
  return API_ROLES.filter(
    (role) => schemaUsage(facts, role, relation.schema) && holds(facts, role, relation, 'select'),
  );
}
