import type { Role, Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import { settingClause } from '../ddl/function.ts';
import { type Aspect, type Direction, type Kind, textAspect } from '../model.ts';
import { API_ROLES, isPlatformSetting, PLATFORM_ROLES } from '../platform.ts';
import type { Side } from '../side.ts';

/* Roles belong to the whole server. Passwords are never read, so a role made by these statements has none. */

const isCompared = (name: string) => !PLATFORM_ROLES.has(name) || API_ROLES.has(name);

function attributes(role: Role): string[] {
  const word = (on: boolean, name: string) => (on ? name : `no${name}`);
  return [
    word(role.superuser, 'superuser'),
    word(role.login, 'login'),
    word(role.inherit, 'inherit'),
    word(role.createRole, 'createrole'),
    word(role.createDb, 'createdb'),
    word(role.replication, 'replication'),
    word(role.bypassRls, 'bypassrls'),
  ];
}

const limits = (role: Role) =>
  `connection limit ${role.connectionLimit}${role.validUntil === null ? '' : `, valid until ${role.validUntil}`}`;

const isPowerful = (role: Role) => role.superuser || role.bypassRls || role.createRole || role.replication;

const ASPECTS: readonly Aspect<Role>[] = [
  {
    name: 'attributes',
    severity: 'blocker',
    follows: (live) => (isPowerful(live) ? 'whoever has this role passes by what the database is protected by' : ''),
    compare(live, migrations) {
      const [a, b] = [attributes(live), attributes(migrations)];
      const changed = a.flatMap((word, at) => (word === b[at] ? [] : [at]));
      if (changed.length === 0) return null;
      return { live: changed.map((at) => a[at]).join(', '), migrations: changed.map((at) => b[at]).join(', ') };
    },
    change(from, to) {
      const had = attributes(from);
      const changed = attributes(to).filter((word, at) => word !== had[at]);
      return [`alter role ${quoteIdent(from.name)} ${changed.join(' ')}`];
    },
  },
  textAspect<Role>({
    name: 'limits',
    severity: 'high',
    text: limits,
    change: (from, to) => [
      `alter role ${quoteIdent(from.name)} connection limit ${to.connectionLimit} valid until ${quoteLiteral(to.validUntil ?? 'infinity')}`,
    ],
  }),
  textAspect<Role>({
    name: 'memberships',
    severity: 'blocker',
    follows: 'a member has the rights of the roles it belongs to',
    text: (role) => [...role.memberOf].sort().join(', ') || null,
    change: (from, to) => [
      ...from.memberOf
        .filter((name) => !to.memberOf.includes(name))
        .map((name) => `revoke ${quoteIdent(name)} from ${quoteIdent(from.name)}`),
      ...to.memberOf
        .filter((name) => !from.memberOf.includes(name))
        .map((name) => `grant ${quoteIdent(name)} to ${quoteIdent(from.name)}`),
    ],
  }),
];

/** Roles of the project, and those of Supabase’s that requests arrive as. */
export const roles: Kind<Role> = {
  id: 'role',
  rows: (side) => side.catalogue.roles.filter(({ name }) => isCompared(name) && name !== side.deployRole),
  key: (role) => role.name,
  object: (role) => objectRef('role', null, role.name),
  aspects: ASPECTS,
  presence: (role) => (API_ROLES.has(role.name) ? null : isPowerful(role) ? 'blocker' : 'high'),
  create: (role) => [
    `create role ${quoteIdent(role.name)} ${attributes(role).join(' ')}${role.connectionLimit === -1 ? '' : ` connection limit ${role.connectionLimit}`}`,
    ...role.memberOf.map((name) => `grant ${quoteIdent(name)} to ${quoteIdent(role.name)}`),
  ],
  drop: dropRole,
};

/**
 * PostgreSQL refuses to drop a role that owns or is granted something (2BP01). What it owns is handed on first, since DROP
 * OWNED takes away what is still the role's besides its grants; both need its rights, which CREATEROLE alone has not.
 * Source: PostgreSQL docs, “Dropping Roles”.
 */
function dropRole(role: Role, { from }: Direction): string[] {
  const name = quoteIdent(role.name);
  return [
    // Membership cannot go both ways round.
    ...role.memberOf
      .filter((other) => other === from.deployRole)
      .map((other) => `revoke ${quoteIdent(other)} from ${name}`),
    `grant ${name} to current_user`,
    `reassign owned by ${name} to ${quoteIdent(from.deployRole)}`,
    `drop owned by ${name}`,
    `drop role ${name}`,
  ];
}

type Setting = Row<'roleSettings'>;

/** Both databases have another name; what belongs to “this database” is the same. */
const place = (row: Setting) => (row.database === null ? 'everywhere' : 'here');

function target(row: Setting): string {
  // The live database's name is known there only, so the statement asks for it.
  if (row.role === null) return row.database === null ? 'role all' : 'database DATABASE';
  return `role ${quoteIdent(row.role)}${row.database === null ? '' : ' in database DATABASE'}`;
}

/** ALTER DATABASE needs the name written out: it is put in by the server, since the two databases have different ones. */
function statement(row: Setting, what: string): string {
  const text = `alter ${target(row)} ${what}`;
  if (row.database === null) return text;
  const [before = '', after = ''] = text.split('DATABASE');
  return `do $do$ begin execute format(${quoteLiteral(`${before.replaceAll('%', '%%')}%I${after.replaceAll('%', '%%')}`)}, current_database()); end $do$`;
}

const set = (row: Setting) => statement(row, settingClause(`${row.name}=${row.setting}`));
const reset = (row: Setting) => statement(row, `reset ${row.name}`);

/** Settings that decide what rows are seen or which objects names mean. */
const SECURITY_SETTINGS = new Set([
  'search_path',
  'role',
  'row_security',
  'session_replication_role',
  'default_transaction_read_only',
]);
const settingSeverity = (row: Setting) => (SECURITY_SETTINGS.has(row.name) ? 'blocker' : 'high');

/** ALTER ROLE … SET and ALTER DATABASE … SET. */
export const roleSettings: Kind<Setting> = {
  id: 'setting',
  rows: (side: Side) => side.catalogue.roleSettings.filter((row) => !isPlatformSetting(row.role, row.name)),
  key: (row) => [place(row), row.role ?? '', row.name].join('\u0000'),
  object: (row) =>
    row.role === null
      ? objectRef('setting', null, row.name)
      : objectRef('setting', null, `${row.name} of role ${row.role}`),
  aspects: [
    textAspect<Setting>({
      name: 'value',
      severity: settingSeverity,
      text: (row) => row.setting,
      change: (_from, to) => [set(to)],
    }),
  ],
  presence: settingSeverity,
  create: (row) => [set(row)],
  drop: (row) => [reset(row)],
};
