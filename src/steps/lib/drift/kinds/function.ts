import type { FunctionFact } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { quoteIdent } from '../../../../core/text.ts';
import {
  createFunction,
  createFunctionStatement,
  dropFunction,
  functionTarget,
  functionWord,
  grantTarget,
  ownerStatement,
  rowsClause,
  settingClause,
} from '../ddl/function.ts';
import { commentText } from '../ddl/options.ts';
import { type Aspect, type Direction, flagAspect, type Kind, textAspect } from '../model.ts';
import { bodyDifference, sameSql } from '../normal.ts';
import { isProject } from '../platform.ts';
import { grantsAfterOwnerChange } from '../privileges.ts';

const alter = (fn: FunctionFact, what: string) => `alter ${functionWord(fn)} ${functionTarget(fn)} ${what}`;
const remade = (from: FunctionFact, to: FunctionFact, direction: Direction) => [
  ...dropFunction(from),
  ...createFunction(to, direction),
];

const settingName = (setting: string) => setting.slice(0, setting.indexOf('='));
const isSearchPath = (setting: string) => settingName(setting) === 'search_path';

function settingsAspect(searchPath: boolean): Aspect<FunctionFact> {
  const of = (fn: FunctionFact) => fn.config.filter((setting) => isSearchPath(setting) === searchPath);
  return textAspect({
    name: searchPath ? 'search_path' : 'settings',
    severity: searchPath ? 'blocker' : 'high',
    ...(searchPath && {
      follows: 'unqualified names in it may mean objects that somebody else put in the way',
    }),
    text: (fn) => of(fn).join(', ') || null,
    change: (from, to) => [
      ...of(from)
        .filter((setting) => !of(to).some((other) => settingName(other) === settingName(setting)))
        .map((setting) => alter(from, `reset ${settingName(setting)}`)),
      ...of(to)
        .filter((setting) => !of(from).includes(setting))
        .map((setting) => alter(from, settingClause(setting))),
    ],
  });
}

function body(name: string, only: 'code' | 'comments', severity: 'high' | 'low'): Aspect<FunctionFact> {
  return {
    name,
    severity,
    compare(live, migrations) {
      if (live.kind === 'aggregate' || live.language !== migrations.language) return null;
      if (live.sqlBody !== migrations.sqlBody)
        return only === 'code' ? { live: live.body, migrations: migrations.body } : null;
      const found = live.sqlBody
        ? sameSql('sqlBody', live.body, migrations.body)
          ? 'none'
          : 'code'
        : bodyDifference(live.body, migrations.body);
      return found === only ? { live: live.body, migrations: migrations.body } : null;
    },
    change: (_from, to) => [createFunctionStatement(to)],
  };
}

const ASPECTS: readonly Aspect<FunctionFact>[] = [
  textAspect<FunctionFact>({
    name: 'kind',
    severity: 'high',
    text: (fn) => fn.kind,
    change: remade,
  }),
  textAspect<FunctionFact>({
    name: 'result',
    severity: 'high',
    follows: 'who calls it gets something else than the code expects',
    text: (fn) => fn.returns,
    change: remade,
  }),
  textAspect<FunctionFact>({
    name: 'parameters',
    severity: 'high',
    text: (fn) => fn.parameters ?? fn.arguments,
    same: (live, migrations, pair) => sameSql('parameters', live, migrations, pair.names),
    change: remade,
  }),
  textAspect<FunctionFact>({
    name: 'language',
    severity: 'high',
    text: (fn) => fn.language,
    change: (_from, to) => [createFunctionStatement(to)],
  }),
  textAspect<FunctionFact>({
    name: 'aggregate',
    severity: 'high',
    text: (fn) => fn.aggregate,
    change: remade,
  }),
  body('body', 'code', 'high'),
  body('comments in the body', 'comments', 'low'),
  flagAspect<FunctionFact>({
    name: 'security',
    severity: 'blocker',
    follows: (live) =>
      live.securityDefiner
        ? 'it runs with the rights of its owner, past the policies of the tables it uses'
        : 'in a database built from the migrations it runs with the rights of its owner',
    on: (fn) => fn.securityDefiner,
    words: ['definer', 'invoker'],
    change: (from, to) => [alter(from, `security ${to.securityDefiner ? 'definer' : 'invoker'}`)],
  }),
  settingsAspect(true),
  settingsAspect(false),
  textAspect<FunctionFact>({
    name: 'owner',
    severity: 'blocker',
    text: (fn, side) => side.role(fn.owner),
    change: (from, to, direction) => [
      ownerStatement(from, direction.to.role(to.owner), direction.from),
      ...grantsAfterOwnerChange(grantTarget(from), from, to, direction),
    ],
  }),
  textAspect<FunctionFact>({
    name: 'volatility',
    severity: 'high',
    text: (fn) => (fn.kind === 'procedure' || fn.kind === 'aggregate' ? null : fn.volatility),
    change: (from, to) => [alter(from, to.volatility)],
  }),
  flagAspect<FunctionFact>({
    name: 'null input',
    severity: 'high',
    on: (fn) => fn.strict,
    words: ['strict', 'called on null input'],
    change: (from, to) => [alter(from, to.strict ? 'strict' : 'called on null input')],
  }),
  flagAspect<FunctionFact>({
    name: 'leakproof',
    severity: 'blocker',
    follows: 'the planner may run it before policies have held rows back',
    on: (fn) => fn.leakproof,
    words: ['leakproof', 'not leakproof'],
    change: (from, to) => [alter(from, to.leakproof ? 'leakproof' : 'not leakproof')],
  }),
  textAspect<FunctionFact>({
    name: 'parallel safety',
    severity: 'high',
    text: (fn) => (fn.kind === 'procedure' || fn.kind === 'aggregate' ? null : fn.parallel),
    change: (from, to) => [alter(from, `parallel ${to.parallel}`)],
  }),
  textAspect<FunctionFact>({
    name: 'cost',
    severity: 'low',
    text: (fn) => `cost ${fn.cost}${fn.rows === 0 ? '' : `, ${rowsClause(fn.rows)}`}`,
    change: (from, to) => [alter(from, `cost ${to.cost} ${to.rows === from.rows ? '' : rowsClause(to.rows)}`.trim())],
  }),
  textAspect<FunctionFact>({
    name: 'comment',
    severity: 'low',
    text: (fn) => fn.comment,
    change: (from, to) => [`comment on ${functionWord(from)} ${functionTarget(from)} is ${commentText(to.comment)}`],
  }),
];

export const functions: Kind<FunctionFact> = {
  id: 'function',
  rows: (side) =>
    side.catalogue.functions.filter(
      (fn) =>
        isProject('function', fn) && (fn.kind === 'aggregate' || (fn.language !== 'c' && fn.language !== 'internal')),
    ),
  key: (fn) => `${fn.schema}\u0000${fn.name}\u0000${fn.arguments}`,
  object: (fn) => objectRef('function', fn.schema, fn.name, { signature: fn.arguments }),
  aspects: ASPECTS,
  presence: 'high',
  create: createFunction,
  drop: dropFunction,
  nameless: (fn) => (fn.body.trim() === '' ? null : JSON.stringify([fn.schema, fn.arguments, fn.returns, fn.body])),
  rename: (from, to) => [alter(from, `rename to ${quoteIdent(to.name)}`)],
  renamed: 'high',
};
