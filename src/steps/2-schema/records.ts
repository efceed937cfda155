import { singular, words } from '../lib/tables.ts';

const RECORD = new Set([
  'invoice',
  'payment',
  'order',
  'ledger',
  'audit',
  'transaction',
  'receipt',
  'refund',
  'payout',
  'charge',
  'billing',
]);
/** Last words that make a table about records rather than one of records. */
const ABOUT = new Set([
  'method',
  'setting',
  'type',
  'status',
  'preference',
  'plan',
  'link',
  'template',
  'category',
  'provider',
  'view',
  'draft',
  'queue',
  'sequence',
  'counter',
  'address',
  'profile',
  'customer',
  'subscription',
  'reminder',
  'notification',
]);

/** A table of business records that law or bookkeeping wants kept: orders, payments, invoices, ledgers, audit logs … */
export function isRecord(table: string): boolean {
  const parts = words(table).map(singular);
  return parts.some((part) => RECORD.has(part)) && !ABOUT.has(parts.at(-1) ?? '');
}

/** `order_items` is part of `orders`, `invoice_lines` of `invoices`: it rightly goes with its parent. */
export function isPartOf(child: string, parent: string): boolean {
  const whole = words(parent).map(singular);
  const part = words(child).map(singular);
  return part.length > whole.length && whole.every((word, at) => part[at] === word);
}
