import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { columnsOf } from '../../lib/exposure.ts';
import { triggerEvents, triggersOf } from '../../lib/guards.ts';
import { listed } from '../../lib/refs.ts';
import { holdsBilling, holdsIdentity, holdsPersonal } from '../../lib/sensitive-names.ts';
import { functionTree, relationsIn } from '../../lib/sql-tree.ts';
import { isHistory, userTables } from '../../lib/tables.ts';

type Needed = Pick<Facts, 'relations' | 'columns' | 'triggers' | 'functions'>;

/** The row trigger's function writes into a table that keeps history (audit, log, history, events), or is supa_audit's. */
function writesHistory(facts: Needed, schema: string, name: string): boolean {
  if (schema === 'audit') return true;
  return facts.functions
    .filter((fn) => fn.schema === schema && fn.name === name)
    .some((fn) => relationsIn(functionTree(fn).body).some((use) => isHistory(use.name) || use.schema === 'audit'));
}

function isAudited(facts: Needed, table: Relation): boolean {
  return triggersOf(facts, table).some((trigger) => {
    const when = triggerEvents(trigger);
    return (when.update || when.delete) && writesHistory(facts, trigger.functionSchema, trigger.function);
  });
}

/** Money in names, or several facts about a person: one e-mail column alone does not make a record worth a trail. */
function isSensitive(facts: Needed, table: Relation): boolean {
  const columns = columnsOf(facts, table);
  return columns.some(holdsBilling) || columns.some(holdsIdentity) || columns.filter(holdsPersonal).length >= 2;
}

/** pgaudit writes nothing until pgaudit.log names what; a server that does not tell its settings is believed. */
function isLogging({ settings, roleSettings }: Partial<Pick<Facts, 'settings' | 'roleSettings'>>): boolean {
  const set = settings?.find(({ name }) => name === 'pgaudit.log');
  if (!set || (set.setting !== 'none' && set.setting !== '')) return true;
  return (roleSettings ?? []).some(({ name, setting: own }) => name === 'pgaudit.log' && own !== '' && own !== 'none');
}

/** Users signed in and the Auth server's own trail is empty. */
function silentSignIns(users: Facts['authUsers'] | undefined): FindingDraft[] {
  if (!users || users.total === 0 || users.auditLogEntries !== 0) return [];
  return [
    {
      object: objectRef('table', 'auth', 'audit_log_entries'),
      message: `${counted(users.total, 'user')} signed up and the Auth server keeps no trail of it in the database: who signed in when, and from where, is known for as long as the platform’s logs last`,
      detail: 'auth.audit_log_entries is empty.',
      fix: {
        command:
          'turn “Write audit logs to the database” on (Authentication → Audit Logs), or send the logs to a drain and waive this with its name',
        url: 'https://supabase.com/docs/guides/auth/audit-logs',
      },
      discriminator: 'sign-ins',
    },
  ];
}

/** A generic trail: one table, one trigger function, one trigger a table. */
function trail(tables: readonly Relation[]): string {
  const setUp = `create schema if not exists audit;
create table if not exists audit.row_changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor uuid default auth.uid(),
  role text not null default current_setting('role', true),
  relation text not null,
  operation text not null,
  old_row jsonb,
  new_row jsonb
);
revoke all on schema audit from public, anon, authenticated;
create or replace function audit.record_change() returns trigger language plpgsql security definer set search_path = '' as $audit$
begin
  insert into audit.row_changes (relation, operation, old_row, new_row)
  values (tg_table_schema || '.' || tg_table_name, tg_op, to_jsonb(old), to_jsonb(new));
  return null;
end
$audit$;
revoke execute on function audit.record_change() from public;`;
  const triggers = tables.map(
    (table) =>
      `create or replace trigger audit_changes after insert or update or delete on ${qualified(table.schema, table.name)} for each row execute function audit.record_change();`,
  );
  return [setUp, ...triggers].join('\n');
}

export const auditTrail = defineCheck({
  id: 'audit-trail',
  rev: 2,
  title: 'Changes to personal and billing data leave a trace',
  why: 'When a customer disputes a charge or a breach is looked into, nobody can say who changed what, and when.',
  severity: 'medium',
  source: 'Supabase, pgaudit and supa_audit; GDPR Art. 5(2) accountability; SOC 2 CC7.2',
  remedy: 'Install pgaudit, or a row trigger that writes each change into a table users cannot touch.',
  falseAlarms:
    'pgaudit (unless pgaudit.log is none) or supa_audit in the database answers for all tables; a table’s own history trigger answers for it. Log and history tables need none.',
  needs: ['database', 'relations', 'columns', 'triggers', 'functions', 'extensions'],
  uses: ['authUsers', 'settings', 'roleSettings'],
  evaluate({ facts }) {
    const tables = userTables(facts.relations).filter((table) => !isHistory(table.name) && isSensitive(facts, table));
    if (tables.length === 0)
      return notApplicable('no table holds billing data or several facts about a person, by its columns’ names');
    const signIns = silentSignIns(facts.authUsers);
    const has = (name: string) => facts.extensions.some((extension) => extension.name === name);
    if (has('supa_audit') || (has('pgaudit') && isLogging(facts)))
      return evaluated(tables.length, 'sensitive table', signIns);
    const silent = tables.filter((table) => !isAudited(facts, table));
    const names = silent.map((table) => qualified(table.schema, table.name));
    const findings =
      silent.length === 0
        ? []
        : [
            {
              object: objectRef('database', null, facts.database.name),
              message: `changes to ${listed(names)} leave no trace: nobody can later say who changed a customer’s data or an amount`,
              detail: `${has('pgaudit') ? 'pgaudit is installed and pgaudit.log is none' : 'neither pgaudit nor supa_audit is installed'}, and no row trigger on them writes into an audit, log or history table`,
              fix: { sql: trail(silent), url: 'https://supabase.com/docs/guides/database/extensions/pgaudit' },
            },
          ];
    return evaluated(tables.length, 'sensitive table', [...findings, ...signIns]);
  },
});
