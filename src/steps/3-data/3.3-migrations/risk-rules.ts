import type { RISK_RULES } from '../../../core/facts/repository.ts';

type RiskRule = (typeof RISK_RULES)[number];

/** How a rule is weighed, what follows from breaking it, and the safe way. */
export interface RuleText {
  /**
   * weighed: by the rows of the table. fails: the migration itself breaks off. file: said once a file, weighed by its
   * largest table. style: a habit, low and once a file.
   */
  kind: 'weighed' | 'fails' | 'file' | 'style';
  follows: string;
  /** An imperative sentence. */
  instead: string;
}

/**
 * What each rule is about. Facts from PostgreSQL's documentation (ALTER TABLE, Notes; CREATE INDEX, “Building Indexes
 * Concurrently”; “Explicit Locking”); names and choice of the rules from squawk's documentation.
 */
export const RULES: Readonly<Record<RiskRule, RuleText>> = {
  'adding-field-with-default': {
    kind: 'weighed',
    follows: 'the whole table is written anew while reads and writes wait',
    instead: 'Add the column without the default, set the default, and fill the old rows in batches',
  },
  'adding-foreign-key-constraint': {
    kind: 'weighed',
    follows: 'writes to both tables wait until every row is checked',
    instead: 'Add it NOT VALID, and validate it in a migration of its own, which lets writes pass',
  },
  'adding-not-nullable-field': {
    kind: 'weighed',
    follows: 'every row is read while reads and writes wait, and one NULL undoes the migration',
    instead: 'Prove it first with a check that is validated in a migration of its own',
  },
  'adding-required-field': {
    kind: 'weighed',
    follows: 'it fails as soon as the table holds a row',
    instead: 'Add it nullable or with a constant default, fill it, then make it NOT NULL',
  },
  'adding-serial-primary-key-field': {
    kind: 'weighed',
    follows: 'the table is written anew or its index built while reads and writes wait',
    instead: 'Build a unique index concurrently, then make it the primary key',
  },
  'ban-alter-domain-with-add-constraint': {
    kind: 'style',
    follows: 'every table that uses the domain is read under lock',
    instead: 'Add the constraint NOT VALID and validate it later, or put checks on the tables',
  },
  'ban-char-field': {
    kind: 'style',
    follows: 'values are padded with blanks, and comparisons surprise',
    instead: 'Use text',
  },
  'ban-concurrent-index-creation-in-transaction': {
    kind: 'fails',
    follows: 'PostgreSQL refuses it (25001), and the deployment stops',
    instead: 'Give the index a migration of its own that runs outside a transaction',
  },
  'ban-create-domain-with-constraint': {
    kind: 'style',
    follows: 'changing it later reads every table that uses it',
    instead: 'Put a check on the column',
  },
  'ban-drop-column': {
    kind: 'weighed',
    follows: 'running code that names the column fails at once, and its data are gone',
    instead: 'Release the code that no longer uses it first, and drop the column in a later release',
  },
  'ban-drop-constraint': {
    kind: 'weighed',
    follows: 'from then on rows come in that it refused, and it may not be possible to add it again',
    instead: 'Add what replaces it before you drop it',
  },
  'ban-drop-database': {
    kind: 'fails',
    follows: 'everything is gone',
    instead: 'Take the statement out',
  },
  'ban-drop-not-null': {
    kind: 'weighed',
    follows: 'running code that counts on a value meets NULL',
    instead: 'Release code that can take NULL first',
  },
  'ban-drop-schema': {
    kind: 'file',
    follows: 'every table in it is gone with its rows',
    instead: 'Drop its tables one by one, after nothing uses them any more',
  },
  'ban-drop-table': {
    kind: 'weighed',
    follows: 'running code that names it fails at once, and its rows are gone',
    instead: 'Release the code that no longer uses it first, keep a dump, and drop the table in a later release',
  },
  'ban-truncate-cascade': {
    kind: 'weighed',
    follows: 'rows go from tables that the statement does not name',
    instead: 'Name every table that is meant, without CASCADE',
  },
  'ban-uncommitted-transaction': {
    kind: 'fails',
    follows: 'nothing of it stays when the session ends',
    instead: 'Commit at the end of the file',
  },
  'changing-column-type': {
    kind: 'weighed',
    follows: 'the table and its indexes are written anew while reads and writes wait',
    instead: 'Add a column of the new type, write both, fill the old rows in batches, and swap them',
  },
  'constraint-missing-not-valid': {
    kind: 'weighed',
    follows: 'every row is read while reads and writes wait',
    instead: 'Add it NOT VALID, and validate it in a migration of its own',
  },
  'disallowed-unique-constraint': {
    kind: 'weighed',
    follows: 'its index is built while reads and writes wait',
    instead: 'Build a unique index concurrently, then make it the constraint',
  },
  'prefer-bigint-over-int': {
    kind: 'style',
    follows: 'keys end at 2,147,483,647',
    instead: 'Use bigint',
  },
  'prefer-bigint-over-smallint': {
    kind: 'style',
    follows: 'keys end at 32,767',
    instead: 'Use bigint',
  },
  'prefer-identity': {
    kind: 'style',
    follows: 'a serial’s sequence has its own owner and grants, which are forgotten',
    instead: 'Use bigint generated always as identity',
  },
  'prefer-repack': {
    kind: 'weighed',
    follows: 'reads and writes wait until it is done',
    instead: 'Use pg_repack, or VACUUM without FULL',
  },
  'prefer-robust-stmts': {
    kind: 'style',
    follows: 'when the file breaks off half-way it cannot be run again',
    instead: 'Write IF [NOT] EXISTS, or wrap the file in a transaction',
  },
  'prefer-text-field': {
    kind: 'style',
    follows: 'a longer limit later needs a migration',
    instead: 'Use text, with a check on its length where one is needed',
  },
  'prefer-timestamptz': {
    kind: 'style',
    follows: 'the moment depends on the reader’s time zone',
    instead: 'Use timestamptz',
  },
  'renaming-column': {
    kind: 'weighed',
    follows: 'running code that uses the old name fails until the new release is everywhere',
    instead: 'Add the new column, write both, move the readers, and drop the old one in a later release',
  },
  'renaming-table': {
    kind: 'weighed',
    follows: 'running code that uses the old name fails until the new release is everywhere',
    instead: 'Leave a view under the old name until nothing uses it',
  },
  'require-concurrent-index-creation': {
    kind: 'weighed',
    follows: 'writes wait until the index is built',
    instead: 'Build it concurrently, in a migration of its own',
  },
  'require-concurrent-index-deletion': {
    kind: 'weighed',
    follows: 'reads and writes wait for it, behind whatever runs on the table',
    instead: 'Drop it concurrently, in a migration of its own',
  },
  'require-concurrent-partition-detach': {
    kind: 'weighed',
    follows: 'reads and writes of the whole table wait',
    instead: 'Detach it concurrently',
  },
  'require-concurrent-reindex': {
    kind: 'weighed',
    follows: 'writes wait until the indexes are built',
    instead: 'Reindex concurrently',
  },
  'require-timeout-settings': {
    kind: 'file',
    follows: 'behind one long query it waits without end, and every later query waits behind it',
    instead: 'Set lock_timeout at the top of the file, and run the migration again when it gives up',
  },
  'transaction-nesting': {
    kind: 'file',
    follows: 'the file is no longer undone as a whole when it fails',
    instead: 'Leave BEGIN and COMMIT out: the tool runs each file in a transaction',
  },
};
