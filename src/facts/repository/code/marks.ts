import type { Node, ObjectExpression } from '@babel/types';
import type { Facts } from '../../../core/facts.ts';
import {
  bare,
  type Call,
  dottedName,
  isCall,
  keyName,
  lineOf,
  memberName,
  memberObject,
  propertyOf,
  walkAst,
} from './ast.ts';
import type { Module, Modules } from './modules.ts';
import { isFunction } from './scopes.ts';
import type { Side } from './sides.ts';
import { stringsOf } from './values.ts';

export type Mark = Facts['repoCode']['marks'][number];

/** Functions that find out who calls, or refuse: by the names that libraries and people give them. */
const USER_CHECK =
  /^(get|require|ensure|assert|check|verify|validate|current|with|is)_?(the)?_?(server)?_?(auth(enticat\w*|oriz\w*)?|user|session|claims|admin|jwt|token|access|api_?key|signature|webhook|secret|permission\w*|role|caller|identity|owner\w*)(user|session|token|auth|signature|id|request|headers?|key)?$/i;
const SECRET_WORD =
  /service_?role|secret|password|passwd|private_?key|(access|refresh|id)_?token|api_?key|^(session|token|jwt)$/i;
/** A person as a whole, and what of a person is not to be in a log: `user`, `currentUser`, `user.email`. */
const PERSON = /^(current|auth|session|supabase)?_?user$/i;
const PERSONAL = /^(email|phone|password)$/i;
const STRIPE_EVENT =
  /^(checkout\.session|invoice|customer(\.subscription)?|payment_intent|charge|price|product|payment_method|payout)(\.[a-z_]+)+$/;

/** Notable code of one module: the rules are those of the facet `repoCode.marks`. Details name things, never values of secrets. */
export function marksOf(module: Module, modules: Modules, side: Side): Mark[] {
  const marks: Mark[] = [];
  const add = (node: Node, name: Mark['name'], detail: string) =>
    marks.push({ path: module.path, line: lineOf(node), name, detail });
  const cors: { star: Node | null; credentials: boolean } = { star: null, credentials: false };
  const stripe: StripeUse = {
    event: null,
    verified: null,
    verifiedAt: null,
    parsed: false,
  };
  const sessions: { node: Node; fn: Node }[] = [];
  const verifiedIn = new Set<Node>();

  walkAst(module.ast.program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        markImport(node.source.value, node, side, add);
        break;
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (node.source) markImport(node.source.value, node, side, add);
        break;
      case 'ObjectProperty':
        if (keyName(node) === 'rejectUnauthorized' && node.value.type === 'BooleanLiteral' && !node.value.value) {
          add(node, 'tls-verification-off', 'rejectUnauthorized: false');
        }
        if (header(node) === 'access-control-allow-origin' && isText(node.value, '*')) cors.star ??= node;
        if (header(node) === 'access-control-allow-credentials' && (isText(node.value, 'true') || isTrue(node.value)))
          cors.credentials = true;
        break;
      case 'AssignmentExpression':
        if (/(^|\.)NODE_TLS_REJECT_UNAUTHORIZED$/.test(dottedName(node.left) ?? '')) {
          add(node, 'node-tls-reject-unauthorized', 'NODE_TLS_REJECT_UNAUTHORIZED is set');
        }
        break;
      case 'StringLiteral':
        if (/[?&]sslmode=disable\b/.test(node.value)) add(node, 'sslmode-disable', 'sslmode=disable');
        if (STRIPE_EVENT.test(node.value)) stripe.event ??= node;
        break;
      case 'TemplateElement':
        if (/[?&]sslmode=disable\b/.test(node.value.raw)) add(node, 'sslmode-disable', 'sslmode=disable');
        break;
      case 'IfStatement':
      case 'ConditionalExpression':
        if (comparesSecret(node.test)) add(node, 'user-check', 'compares a shared secret');
        break;
      case 'CallExpression':
      case 'OptionalCallExpression':
        markCall(node, module, modules, side, add);
        noteSession(node, module, side, sessions, verifiedIn);
        noteStripe(node, stripe);
        noteCorsCall(node, cors);
        break;
    }
    return true;
  });

  for (const { node, fn } of sessions) {
    if (!verifiedIn.has(fn)) add(node, 'getSession-on-server', 'auth.getSession()');
  }
  if (cors.star && cors.credentials)
    add(cors.star, 'cors-star-credentials', 'Access-Control-Allow-Origin: * with credentials');
  if (stripe.verified) add(stripe.verifiedAt ?? module.ast.program, 'stripe-webhook-verified', stripe.verified);
  else if (stripe.event && handlesStripeWebhook(module, stripe))
    add(stripe.event, 'stripe-webhook-unverified', 'Stripe events without constructEvent');
  return marks;
}

type Add = (node: Node, name: Mark['name'], detail: string) => void;

function markImport(source: string, node: Node, side: Side, add: Add): void {
  if (/^(npm:|https:\/\/esm\.sh\/)?@supabase\/auth-helpers-/.test(source)) add(node, 'auth-helpers-import', source);
  if (/^@opentelemetry\/(sdk-|auto-instrumentations)|^@vercel\/otel$/.test(source))
    add(node, 'opentelemetry-init', source);
  if (side === 'edge' && isUnpinned(source)) add(node, 'unpinned-import', source);
}

/** True for an import of Deno that names no version: what it brings changes by itself. Bare names are pinned by deno.json or not at all. */
export function isUnpinned(source: string): boolean {
  if (source.startsWith('npm:') || source.startsWith('jsr:'))
    return !/^(npm|jsr):\/?(@[^/]+\/)?[^/@]+@[~^<>=]?\d/.test(source);
  if (!/^https?:\/\//.test(source)) return false;
  const path = source.replace(/^https?:\/\/[^/]+\//, '');
  return !/@v?\d/.test(path) && !/\/v?\d+\.\d+(\.\d+)?\//.test(`/${path}`) && !/@[0-9a-f]{7,40}/.test(path);
}

function markCall(call: Call, module: Module, modules: Modules, side: Side, add: Add): void {
  const callee = bare(call.callee);
  const dotted = dottedName(callee) ?? '';
  const name = callee.type === 'Identifier' ? callee.name : (memberName(callee) ?? '');
  if (/(^|\.)Sentry\.init$/.test(dotted)) add(call, 'sentry-init', dotted);
  else if (name === 'init' && importedFrom(callee, module, /^(npm:)?@sentry\//)) add(call, 'sentry-init', dotted);
  if (name === 'registerOTel') add(call, 'opentelemetry-init', name);
  if (dotted === 'Deno.env.get' && call.arguments[0]) {
    for (const variable of stringsOf(call.arguments[0], module, modules) ?? []) add(call, 'deno-env-get', variable);
  }
  if (/^console\.(log|info|debug|warn|error)$/.test(dotted)) {
    const secret = secretArgument(call);
    if (secret) add(call, 'console-log-secret', secret);
  }
  const [first] = call.arguments;
  if (name === 'on' && call.arguments.length >= 3 && first?.type === 'StringLiteral') {
    if (first.value === 'broadcast' || first.value === 'presence') add(call, 'realtime-listen', first.value);
  }
  if (name === 'httpSend' || (name === 'send' && isText(propertyOf(first, 'type') ?? call, 'broadcast')))
    add(call, 'realtime-send', 'broadcast');
  if (name === 'deleteUser' && memberName(memberObject(callee) ?? callee) === 'admin')
    add(call, 'admin-delete-user', 'auth.admin.deleteUser()');
  if (isUserCheck(callee, name, dotted, module)) add(call, 'user-check', name);
  if (
    (side === 'edge' || side === 'server') &&
    dotted === 'fetch' &&
    isOutside(call, module, modules) &&
    !hasSignal(call)
  ) {
    add(call, 'fetch-without-timeout', 'fetch without a signal');
  }
  if (
    callee.type === 'Identifier' &&
    importedFrom(callee, module, /^(npm:|https:\/\/deno\.land\/x\/)?postgres(js)?(@|\/|$)/)
  ) {
    const options = call.arguments.find((argument) => argument.type === 'ObjectExpression');
    const prepare = propertyOf(options, 'prepare');
    if (!(prepare?.type === 'BooleanLiteral' && !prepare.value)) add(call, 'prepare-not-false', `${callee.name}()`);
  }
}

function importedFrom(callee: Node, module: Module, source: RegExp): boolean {
  const root = callee.type === 'Identifier' ? callee : memberObject(callee);
  if (root?.type !== 'Identifier') return false;
  const binding = module.scopes.lookup(root.name, root);
  return binding?.kind === 'import' && source.test(binding.source);
}

function isUserCheck(callee: Node, name: string, dotted: string, module: Module): boolean {
  if (/\.auth\.(getUser|getClaims|getSession|admin\.getUserById)$/.test(dotted)) return true;
  const object = memberObject(callee);
  if (object && memberName(object) === 'auth' && /^(getUser|getClaims|getSession)$/.test(name)) return true;
  if (
    /^(jwtVerify|timingSafeEqual|constructEvent|constructEventAsync|auth|withAuth|currentUser|authenticate|getServerSession|validateRequest|unstable_getServerSession)$/.test(
      name,
    )
  ) {
    return name !== 'auth' || callee.type === 'Identifier';
  }
  if (/^verify(Sync)?$/.test(name) && importedFrom(callee, module, /jsonwebtoken|jose|jwt|svix|standardwebhooks/))
    return true;
  return USER_CHECK.test(name) || /\.webhooks?\.verify$|Webhook\.verify$|wh\.verify$/i.test(dotted);
}

/** `header !== Deno.env.get('CRON_SECRET')`, `token === process.env.SECRET`. */
function comparesSecret(test: Node): boolean {
  let found = false;
  walkAst(test, (node) => {
    if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(node.operator)) return !found;
    let secret = false;
    walkAst(node, (inner) => {
      const name =
        inner.type === 'Identifier'
          ? inner.name
          : (memberName(inner) ?? (inner.type === 'StringLiteral' ? inner.value : ''));
      if (/secret|token|signature|auth|api_?key|password/i.test(name)) secret = true;
      return !secret;
    });
    if (secret) found = true;
    return !found;
  });
  return found;
}

function secretArgument(call: Call): string | null {
  for (const argument of call.arguments) {
    let found: string | null = null;
    walkAst(argument, (node) => {
      // A function's result or a test (`!!key`, `key.length`) is not the value itself.
      if (isCall(node) && dottedName(node.callee) !== 'JSON.stringify') return false;
      if (
        node.type === 'UnaryExpression' ||
        node.type === 'BinaryExpression' ||
        node.type === 'ConditionalExpression' ||
        isFunction(node)
      )
        return false;
      const name = node.type === 'Identifier' ? node.name : memberName(node);
      if (name === 'length') return false;
      const of = memberObject(node);
      if (of && name !== null && !SECRET_WORD.test(name)) {
        // Of `user.id` it is the id that is logged, not the user.
        const owner = of.type === 'Identifier' ? of.name : memberName(of);
        if (PERSON.test(name)) found = name;
        else if (owner !== null && PERSON.test(owner) && PERSONAL.test(name)) found = `${owner}.${name}`;
        return false;
      }
      if (node.type === 'Identifier' && PERSON.test(node.name)) found = node.name;
      if (found) return false;
      if (
        name !== null &&
        SECRET_WORD.test(name) &&
        !/error|missing|count|exists|valid|has|is[A-Z]|name|id$/i.test(name)
      )
        found = name;
      return found === null;
    });
    if (found) return found;
  }
  return null;
}

/** A request to somebody else's server: not to a path of one's own. */
function isOutside(call: Call, module: Module, modules: Modules): boolean {
  const target = call.arguments[0];
  if (!target) return false;
  const texts = stringsOf(target, module, modules);
  return texts === null || texts.some((text) => /^https?:/.test(text));
}

function hasSignal(call: Call): boolean {
  const options = call.arguments[1] ? bare(call.arguments[1]) : null;
  if (options?.type !== 'ObjectExpression') return options !== null;
  return (options as ObjectExpression).properties.some(
    (property) => property.type === 'SpreadElement' || keyName(property) === 'signal',
  );
}

function noteSession(
  call: Call,
  module: Module,
  side: Side,
  sessions: { node: Node; fn: Node }[],
  verifiedIn: Set<Node>,
): void {
  const callee = bare(call.callee);
  const object = memberObject(callee);
  const name = memberName(callee);
  if (name === null || object === null || memberName(object) !== 'auth') return;
  const fn = outerFunction(call, module);
  // These ask the auth server, so the session after them is a verified one.
  if (/^(getUser|getClaims|verifyOtp|exchangeCodeForSession|refreshSession|setSession|signIn\w+)$/.test(name)) {
    verifiedIn.add(fn);
  }
  // A script or command-line tool has a session of its own, that nobody else can forge.
  const tool = /(^|\/)(scripts?|bin|tools?|cli)\//.test(module.path);
  if (name === 'getSession' && side === 'server' && !tool && !isOnlyPassedOn(fn)) sessions.push({ node: call, fn });
}

/** The session's token is handed to another service, which verifies it; nothing is decided by the session's user here. */
function isOnlyPassedOn(fn: Node): boolean {
  let token = false;
  let user = false;
  walkAst(fn, (node) => {
    const name = memberName(node);
    if (name === 'access_token') token = true;
    if (name === 'user') user = true;
    return true;
  });
  return token && !user;
}

function outerFunction(node: Node, module: Module): Node {
  let fn: Node = module.ast.program;
  for (let parent = module.scopes.parentOf(node); parent !== null; parent = module.scopes.parentOf(parent))
    if (isFunction(parent)) fn = parent;
  return fn;
}

interface StripeUse {
  /** The first name of a Stripe event in the code. */
  event: Node | null;
  /** The function that verifies the signature. */
  verified: string | null;
  verifiedAt: Node | null;
  /** A request's body is read. */
  parsed: boolean;
}

function noteStripe(call: Call, stripe: StripeUse): void {
  const name = memberName(bare(call.callee)) ?? '';
  if (name === 'constructEvent' || name === 'constructEventAsync') {
    stripe.verified = name;
    stripe.verifiedAt = call;
  }
  const callee = bare(call.callee);
  if (
    callee.type === 'Identifier' &&
    /construct_?event|verif\w*(signature|webhook|stripe)|(signature|webhook|stripe)\w*verif/i.test(callee.name)
  )
    stripe.verified ??= callee.name;
  if (name === 'json' || name === 'text') stripe.parsed = true;
}

function handlesStripeWebhook(module: Module, stripe: StripeUse): boolean {
  return /webhook|stripe|billing|payment/i.test(module.path) && stripe.parsed;
}

function header(property: Node): string | null {
  return keyName(property)?.toLowerCase() ?? null;
}

function isText(node: Node, text: string): boolean {
  return node.type === 'StringLiteral' && node.value === text;
}

function isTrue(node: Node): boolean {
  return node.type === 'BooleanLiteral' && node.value;
}

/** `headers.set('Access-Control-Allow-Origin', '*')`, and cors({ origin: '*', credentials: true }). */
function noteCorsCall(call: Call, cors: { star: Node | null; credentials: boolean }): void {
  const name = memberName(bare(call.callee));
  const [key, value] = call.arguments;
  if (
    (name === 'set' || name === 'append' || name === 'setHeader' || name === 'header') &&
    key?.type === 'StringLiteral' &&
    value
  ) {
    if (key.value.toLowerCase() === 'access-control-allow-origin' && isText(value, '*')) cors.star ??= call;
    if (key.value.toLowerCase() === 'access-control-allow-credentials' && (isText(value, 'true') || isTrue(value)))
      cors.credentials = true;
  }
  const callee = bare(call.callee);
  if (callee.type === 'Identifier' && callee.name === 'cors' && key?.type === 'ObjectExpression') {
    const origin = propertyOf(key, 'origin');
    const credentials = propertyOf(key, 'credentials');
    if (origin && isText(origin, '*') && credentials && isTrue(credentials)) {
      cors.star ??= call;
      cors.credentials = true;
    }
  }
}
