import type { CheckFixture } from '../fixture.ts';
import { column, table } from './audit.ts';

const lastSigned = {
  at: '2026-08-01T09:00:00.000Z',
  snapshotId: '0'.repeat(64),
  relations: [
    {
      schema: 'public',
      name: 'orders',
      columns: [
        { name: 'id', type: 'integer', notNull: true },
        { name: 'total', type: 'numeric(10,2)', notNull: false },
        { name: 'note', type: 'character varying(80)', notNull: false },
      ],
    },
    { schema: 'public', name: 'carts', columns: [{ name: 'id', type: 'integer', notNull: true }] },
  ],
  functions: [{ schema: 'public', name: 'checkout', arguments: 'cart integer' }],
};
const checkout = {
  schema: 'public',
  name: 'checkout',
  arguments: 'cart integer',
  kind: 'function',
  returns: 'void',
  trigger: null,
  language: 'sql',
  volatility: 'volatile',
  securityDefiner: false,
  owner: 'postgres',
  config: [],
  acl: [],
  body: '',
  comment: null,
  extension: null,
  platform: false,
};
const kept = {
  lastSigned,
  relations: [table('orders'), table('carts'), table('added')],
  columns: [
    column('orders', 'id', 'bigint', { notNull: true }),
    column('orders', 'total', 'numeric(12,2)', { notNull: true, default: '0' }),
    column('orders', 'note', 'text'),
    column('orders', 'added', 'text'),
    column('carts', 'id', 'integer', { notNull: true }),
  ],
  functions: [checkout],
};
const code = {
  filesParsed: 1,
  parseErrors: [],
  calls: [
    {
      path: 'src/cart.ts',
      line: 7,
      column: 3,
      kind: 'from',
      schema: null,
      target: { value: 'orders', dynamic: false },
      operation: 'select',
      columns: [{ relation: null, name: 'note', line: 7 }],
      arguments: null,
      unvalidatedBody: false,
      side: 'client',
    },
  ],
  clients: [],
  marks: [],
};

export default {
  check: 'contract-break',
  silent: '',
  defect: '',
  overlay: {
    silent: { ...kept, repoCode: code },
    defect: {
      relations: [table('orders')],
      columns: [
        column('orders', 'id', 'smallint', { notNull: true }),
        column('orders', 'total', 'numeric(10,2)', { notNull: true }),
      ],
      functions: [{ ...checkout, arguments: 'cart bigint' }],
    },
    fixed: kept,
  },
  expect: [
    { object: 'public.carts', severity: 'medium' },
    { object: 'public.orders.id', severity: 'medium' },
    { object: 'public.orders.total', severity: 'medium' },
    { object: 'public.orders.note', severity: 'blocker' },
    { object: 'public.checkout(cart integer)', severity: 'medium' },
  ],
  repair: '',
} satisfies CheckFixture;
