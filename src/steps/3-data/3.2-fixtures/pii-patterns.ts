import { defineCheck, evaluated } from '../../../core/check.ts';
import { cards, ibans, phones, socialSecurity, testCards } from '../../../core/detect/believable.ts';
import { hintOf } from '../../../core/detect/hints.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { columnRef, isHistory, keyOf } from '../../lib/tables.ts';
import { pathsToUsers } from '../../lib/user-class.ts';
import { columnName, columnsLookedAt, foundColumns, outOf, type SampledColumn } from '../samples.ts';

/** One kind of personal data in a column, or nothing worth a finding. */
type Draft = Pick<FindingDraft, 'severity' | 'message' | 'fix'> & { detail: string; discriminator: string };

function shapeOf(column: SampledColumn, ...detectors: string[]): string {
  const shape = detectors.map((detector) => column.shapes[detector]).find((one) => typeof one === 'string');
  return shape ? `; their form is ${shape}` : '';
}

function cardDrafts(column: SampledColumn, production: boolean): Draft[] {
  const name = columnName(column);
  const drafts: Draft[] = [];
  const real = cards(column.counts);
  if (real > 0)
    drafts.push({
      severity: 'blocker',
      message: `${name} holds payment card numbers: the database, its backups and every log of it fall under PCI DSS`,
      detail: `${outOf(real, column)} have a card issuer’s prefix and length and pass the checksum${shapeOf(column, 'card', 'card-bare', 'card-in-id')}.`,
      fix: {
        command:
          'Keep the token of your payment provider and the last four digits instead; then erase the numbers, and the backups that hold them.',
      },
      discriminator: 'card',
    });
  const test = testCards(column.counts);
  if (test > 0 && production)
    drafts.push({
      severity: 'high',
      message: `${name} holds card numbers of a payment provider’s test mode: what stores these will store real ones`,
      detail: `${outOf(test, column)} are numbers printed in documentation.`,
      fix: {
        command:
          'Find the code that writes card numbers here and let the provider’s form take them; then erase the rows.',
      },
      discriminator: 'card-test',
    });
  return drafts;
}

function identityDrafts(column: SampledColumn): Draft[] {
  const name = columnName(column);
  const drafts: Draft[] = [];
  const numbers = socialSecurity(column.counts);
  if (numbers > 0)
    drafts.push({
      severity: 'blocker',
      message: `${name} holds US Social Security numbers in the clear: whoever reads the table can take over identities`,
      detail: `${outOf(numbers, column)} have an area, group and serial that can be assigned${shapeOf(column, 'ssn', 'ssn-in-id')}.`,
      fix: {
        command:
          'Keep only what is needed (the last four digits, or a token of the service that checks them), encrypted; erase the rest.',
      },
      discriminator: 'ssn',
    });
  const accounts = ibans(column.counts);
  if (accounts > 0) {
    const meant = hintOf(column.column).bank || hintOf(column.table).bank;
    drafts.push({
      severity: meant ? 'low' : 'high',
      message: meant
        ? `${name} holds bank account numbers in the clear`
        : `${name} holds bank account numbers, which nothing in its name says: no policy or erasure will think of them`,
      detail: `${outOf(accounts, column)} are IBANs whose checksum holds${shapeOf(column, 'iban')}.`,
      fix: {
        command: meant
          ? 'Encrypt them, or keep the payment provider’s reference instead.'
          : 'Move them to a column made for them, readable to few, and erase them here.',
      },
      discriminator: 'iban',
    });
  }
  return drafts;
}

/** Mail addresses and telephone numbers where nobody looks for them: logs and payloads outlive the person who asked to be forgotten. */
function contactDrafts(column: SampledColumn, ofUsers: boolean, least: number): Draft[] {
  const hint = hintOf(column.column);
  const kinds: [word: string, count: number, meant: boolean, id: string][] = [
    ['mail addresses', column.counts.email ?? 0, hint.email, 'email'],
    ['telephone numbers', phones(column.counts), hint.phone, 'phone'],
  ];
  return kinds.flatMap(([word, count, meant, discriminator]): Draft[] => {
    if (meant || count < least || (!isHistory(column.table) && column.kind !== 'json')) return [];
    return [
      {
        severity: ofUsers ? 'low' : 'medium',
        message: ofUsers
          ? `${columnName(column)} holds ${word} inside ${column.kind === 'json' ? 'JSON' : 'text'}`
          : `${columnName(column)} holds ${word}, and no key leads from its rows to a user: an erasure request does not reach them`,
        detail: `${outOf(count, column)}.`,
        fix: {
          command: 'Leave them out where they are written, or delete such rows after a set time (retention job).',
        },
        discriminator,
      },
    ];
  });
}

export const piiPatterns = defineCheck({
  id: 'pii-patterns',
  rev: 1,
  title: 'No personal data stands where it does not belong',
  why: 'Card and identity numbers in a table are a breach to be reported the day the table leaks; in a payload or a log nobody remembers that they are there.',
  severity: 'blocker',
  source:
    'CATALOGUE 3.2 pii-patterns; ISO/IEC 7812 and the networks’ issuer ranges; SSA number ranges; ISO 13616 (IBAN); E.164',
  remedy:
    'Stop the code that writes them, then erase what is there and what backups hold. supaready counts only: it shows no value and deletes nothing.',
  falseAlarms:
    'At most 1,000 rows a table are sampled. Numbers must have an issuer’s prefix, length and checksum (cards), an assignable area (Social Security) or a checksum (IBAN), and a column of order numbers, of which one in ten passes by chance, is told by its share. Mail addresses and telephone numbers count only in JSON and logs.',
  matrix: 'Seed',
  needs: ['columnSamples', 'constraints'],
  parameters: { minContacts: 5 },
  evaluate({ facts, parameters, environment }) {
    const ofUsers = pathsToUsers(facts.constraints);
    const production = environment.kind === 'production';
    const findings = foundColumns(facts.columnSamples).flatMap((column): FindingDraft[] => {
      const object = columnRef(column.schema, column.table, column.column);
      return [
        ...cardDrafts(column, production),
        ...identityDrafts(column),
        ...contactDrafts(column, ofUsers.has(keyOf(column.schema, column.table)), parameters.minContacts),
      ].map((draft) => ({ object, ...draft }));
    });
    return evaluated(columnsLookedAt(facts.columnSamples), 'column', findings);
  },
});
