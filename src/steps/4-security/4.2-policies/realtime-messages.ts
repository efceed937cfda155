import { type CheckOutcome, defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { relationNamed } from '../../lib/exposure.ts';
import { listed } from '../../lib/refs.ts';
import { callsIn, functionTree } from '../../lib/sql-tree.ts';

type Code = Facts['repoCode'];
type Channel = Code['calls'][number];

const DOCS = 'https://supabase.com/docs/guides/realtime/authorization';
const SENDERS = new Set(['send', 'send_binary', 'broadcast_changes']);

/** Where a channel is opened, for findings. */
const placeOf = ({ path, line }: Channel) => `${path}:${line}`;
const locationOf = ({ path, line, column }: Channel) => ({ file: path, line, column });

/** Channels by how they are opened, those alone that carry messages (changes of tables are guarded by the tables' policies). */
function channelsOf(code: Code) {
  const marked = (names: readonly string[]) =>
    new Set(code.marks.flatMap(({ name, path }) => (names.includes(name) ? [path] : [])));
  const carrying = marked(['realtime-listen', 'realtime-send']);
  const channels = code.calls.filter(({ kind }) => kind === 'channel');
  const opened = (how: string) => channels.filter(({ operation }) => operation === how);
  return {
    open: opened('subscribe').filter(({ path }) => carrying.has(path)),
    unknown: opened('subscribe unknown').filter(({ path }) => carrying.has(path)),
    closed: opened('subscribe private'),
    sending: marked(['realtime-send']),
  };
}

/** Functions of the project that send private messages to whoever listens: realtime.send() does so unless told otherwise. */
function sendingFunctions(functions: Facts['functions']): string[] {
  return functions
    .filter((fn) => !fn.platform && fn.extension === null)
    .filter((fn) =>
      callsIn(functionTree(fn).body ?? []).some(({ schema, name }) => schema === 'realtime' && SENDERS.has(name)),
    )
    .map(({ schema, name }) => qualified(schema, name));
}

/** Roles of the Data API that some permissive policy on realtime.messages lets do this. */
function isAllowed(facts: Pick<Facts, 'policies'>, command: 'select' | 'insert'): boolean {
  return facts.policies.some(
    (policy) =>
      policy.schema === 'realtime' &&
      policy.table === 'messages' &&
      policy.permissive &&
      (policy.command === command || policy.command === 'all') &&
      policy.roles.some((role) => role === 'public' || role === 'anon' || role === 'authenticated'),
  );
}

function policyFor(command: 'select' | 'insert'): string {
  const condition = `realtime.topic() = 'user:' || (select auth.uid())::text`;
  return command === 'select'
    ? `create policy "listen to own channel" on realtime.messages for select to authenticated using (${condition})`
    : `create policy "send to own channel" on realtime.messages for insert to authenticated with check (${condition})`;
}

export const realtimeMessages = defineCheck({
  id: 'realtime-messages',
  rev: 1,
  title: 'Who hears and sends realtime messages is decided by policies',
  why: 'Whoever has the publishable key may join a public channel, hear what others say in it and speak in their name; a private channel without a policy lets nobody in.',
  severity: 'high',
  source:
    'CATALOGUE 4.2 realtime-messages; Supabase docs, “Realtime Authorization”; Management API, config/realtime private_only',
  remedy:
    'Open channels with { config: { private: true } }, write policies on realtime.messages by realtime.topic(), and turn “Allow public access” off in the Realtime settings.',
  falseAlarms:
    'Channels that only listen to changes of tables are guarded by the tables’ policies. The fix shows the shape of a policy; which topics are whose only you know.',
  needs: ['repoCode', 'policies', 'functions', 'relations'],
  uses: ['platformRealtime'],
  evaluate({ facts }): CheckOutcome {
    const { platformRealtime: settings } = facts;
    if (!relationNamed(facts, 'realtime', 'messages'))
      return notApplicable('there is no table realtime.messages: realtime authorisation is not set up here');
    if (settings?.suspended) return notApplicable('the project’s Realtime service is switched off');
    const { open, unknown, closed, sending } = channelsOf(facts.repoCode);
    const senders = sendingFunctions(facts.functions);
    const looked = open.length + unknown.length + closed.length + senders.length;
    if (looked === 0) return notApplicable('neither the code nor the database uses broadcast or presence');
    const findings: FindingDraft[] = [];
    const [firstOpen] = open;
    if (settings?.privateOnly === false && firstOpen)
      findings.push({
        object: objectRef('setting', null, 'private_only'),
        message: `anyone with the publishable key can join ${listed(open.map(({ target }) => (target.value === null ? 'a channel' : `“${target.value}”`)))}, hear what is sent there and send themselves`,
        detail: `The Management API gives private_only = false; opened without private: true at ${listed(open.map(placeOf))}.`,
        fix: {
          command: `open them with { config: { private: true } }, add policies on realtime.messages, then turn “Allow public access” off (PATCH /v1/projects/${settings.ref}/config/realtime, private_only)`,
          url: `https://supabase.com/dashboard/project/${settings.ref}/realtime/settings`,
        },
        location: locationOf(firstOpen),
      });
    if (settings?.privateOnly && firstOpen)
      findings.push({
        object: objectRef('setting', null, 'private_only'),
        severity: 'medium',
        message: `the project admits private channels only, and ${open.map(placeOf)[0]} opens a public one: nobody gets in`,
        detail: `The Management API gives private_only = true; opened without private: true at ${listed(open.map(placeOf))}.`,
        fix: { command: 'open them with { config: { private: true } }', url: DOCS },
        location: locationOf(firstOpen),
        discriminator: 'refused',
      });
    const listeners = closed.map(placeOf);
    const missing = (command: 'select' | 'insert', who: readonly string[], from: Channel | undefined) => {
      if (who.length === 0 || isAllowed(facts, command)) return;
      findings.push({
        object: objectRef('table', 'realtime', 'messages'),
        message:
          command === 'select'
            ? `private channels are used (${listed(who, 4)}) and no policy on realtime.messages lets anybody listen: no message arrives`
            : `private channels are sent into (${listed(who, 4)}) and no policy on realtime.messages lets anybody send: every message is refused`,
        detail: `No permissive policy for ${command === 'select' ? 'SELECT' : 'INSERT'} names anon, authenticated or public.`,
        fix: { sql: policyFor(command), url: DOCS },
        ...(from && { location: locationOf(from) }),
        discriminator: command,
      });
    };
    missing('select', [...listeners, ...senders], closed[0]);
    const speaking = closed.filter(({ path }) => sending.has(path));
    missing('insert', speaking.map(placeOf), speaking[0]);
    if (findings.length === 0 && settings === undefined && open.length > 0)
      return skipped(
        `whether the project admits public channels, as ${placeOf(open[0] as Channel)} opens one, is not known; set SUPABASE_ACCESS_TOKEN and link the project`,
      );
    if (findings.length === 0 && settings?.privateOnly === false && unknown.length > 0)
      return skipped(
        `whether the channel opened at ${placeOf(unknown[0] as Channel)} is private cannot be told from the code; write { config: { private: true } } there`,
      );
    return evaluated(looked, 'use of channels', findings, 'uses of channels');
  },
});
