import type { Person } from '../../core/events.ts';
import type { GateAttestation, GateCheck, GateFinding } from '../../core/gate.ts';
import { describeObject } from '../../core/object.ts';
import { samePerson } from '../../core/person.ts';
import type { OpenReview } from '../../engine/controller.ts';
import { COPY } from '../copy.ts';
import { actUnder, awaited, type KeyContext } from '../key-rules.ts';
import { type Field, startForm } from '../model/form.ts';
import type { FoundCheckpoint } from '../model/lookup.ts';
import type { FormPlace } from '../state.ts';
import type { Wizard } from '../wizard.ts';

type Values = Readonly<Record<string, string>>;

const filled = (what: string) => (value: string) => (value.trim() === '' ? `${what} is needed` : null);

function email(value: string): string | null {
  const text = value.trim();
  return text === '' || (text.includes('@') && !text.includes(' ')) ? null : 'an address looks like name@example.org';
}

/** Who it is; anybody but `other`, whose act needs a second person. */
function personFields(other: Person | null): readonly Field[] {
  const named = filled('your name');
  const isOther = (name: string, address: string) =>
    other !== null && samePerson(other, personOf({ name, email: address }))
      ? `${other.name} acted first; somebody else has to agree`
      : null;
  return [
    {
      kind: 'text',
      id: 'name',
      label: 'Your name',
      hint: 'stands beside everything you decide',
      validate: (value) => named(value) ?? isOther(value, ''),
    },
    {
      kind: 'text',
      id: 'email',
      label: 'Your e-mail',
      hint: 'may stay empty',
      validate: (value, values) => email(value) ?? isOther(values.name ?? '', value),
    },
  ];
}

/** What an act is about, in words. */
function subjectOf({ screen, view, finding, question, check }: KeyContext): string[] {
  if (screen === 'signoff') return [view.gate.next?.message ?? ''];
  return finding ? [...about(finding)] : [question?.question ?? check?.id ?? ''];
}

const personOf = (values: Values): Person => ({
  name: (values.name ?? '').trim(),
  email: (values.email ?? '').trim() || null,
  role: null,
});

const nameOf = (person: Person) => (person.email === null ? person.name : `${person.name} <${person.email}>`);

interface Spec {
  title: string;
  intro: readonly string[];
  fields: readonly Field[];
  confirm(values: Values, who: string): string;
  submit(values: Values, by: Person): Promise<string>;
  after?(): void;
  /** Ask who it is, even when a person is known: somebody other than this one sits down. */
  stranger?: Person | null;
}

/** A form, with the person asked for first when nobody is known yet. */
function form(wizard: Wizard, spec: Spec): FormPlace {
  const { stranger } = spec;
  const known = stranger === undefined ? wizard.snapshot().person : null;
  const fields = known === null ? [...personFields(stranger ?? null), ...spec.fields] : spec.fields;
  const who = (values: Values) => known ?? personOf(values);
  return {
    kind: 'form',
    title: spec.title,
    intro: spec.intro,
    fields,
    form: startForm(fields),
    armed: false,
    confirm: (values) => spec.confirm(values, nameOf(who(values))),
    submit: async (values) => {
      const person = who(values);
      if (known === null && stranger === undefined) wizard.introduce(person);
      return spec.submit(values, person);
    },
    ...(spec.after ? { after: spec.after } : {}),
  };
}

function about(finding: GateFinding): string[] {
  return [`${finding.severity}  ${describeObject(finding.object)}`, finding.message];
}

const evidenceOf = (value: string | undefined) =>
  (value ?? '')
    .split(/\s*,\s*|\s+(?=https?:)/)
    .map((one) => one.trim())
    .filter(Boolean);

function evidenceField(need: 'optional' | 'required'): Field {
  return {
    kind: 'text',
    id: 'evidence',
    label: 'Evidence: path of a file, or a link',
    hint: need === 'required' ? 'needed; several separated by commas' : 'may stay empty; several separated by commas',
    ...(need === 'required' ? { validate: filled('evidence') } : {}),
  };
}

/** Answers a question, or stands in by hand for a check that could not run (then with evidence). */
export function attestForm(
  wizard: Wizard,
  checkpoint: FoundCheckpoint,
  what: { question: GateAttestation } | { check: GateCheck },
  review: OpenReview | null = null,
): FormPlace {
  const manual = 'check' in what ? what.check : null;
  const question = 'question' in what ? what.question : null;
  const declared = checkpoint.declared.attestations.find((one) => one.id === question?.id) ?? null;
  const items = review?.items ?? [];
  const ask = declared?.review?.ask ?? '';
  const confirmKind = manual !== null || declared?.kind !== 'text';
  const verdict: Field = {
    kind: 'choice',
    id: 'status',
    label: manual ? 'Did you look by hand, and does it hold?' : 'Does it hold?',
    choices: [
      { key: 'y', value: 'passed', label: 'yes' },
      { key: 'n', value: 'failed', label: 'no' },
      { key: 'd', value: 'na', label: 'does not apply' },
    ],
  };
  const answer: Field = {
    kind: 'text',
    id: 'answer',
    label: confirmKind ? 'Note' : 'Answer',
    hint: manual
      ? 'what you looked at'
      : items.length > 0
        ? 'may stay empty: what you chose is recorded'
        : confirmKind
          ? 'may stay empty unless it does not apply'
          : 'in words',
    validate: (value, values) => {
      if (value.trim() !== '') return null;
      if (manual) return 'say what you looked at';
      if (!confirmKind && items.length === 0) return 'an answer is needed';
      return values.status === 'na' ? 'say why it does not apply' : null;
    },
  };
  const gone = items.map(
    (item, at): Field => ({
      kind: 'choice',
      id: `item-${at}`,
      label: `${item.name}: ${ask}`,
      hint: `${at + 1} of ${items.length}`,
      lines: item.lines,
      choices: [
        { key: 'y', value: 'yes', label: 'yes' },
        { key: 'n', value: 'no', label: 'no' },
      ],
    }),
  );
  const chosen = (values: Values, value: string) =>
    items.filter((_item, at) => values[`item-${at}`] === value).map(({ name }) => name);
  const evidence = manual ? 'required' : (declared?.evidence ?? 'none');
  return form(wizard, {
    title: manual ? `Attest by hand: ${manual.id} [${manual.environment}]` : `Question of ${checkpoint.gate.id}`,
    intro: manual
      ? [
          `${manual.status}: ${manual.reason ?? ''}`,
          'Your word and the evidence stand in for the check; it is shown as attested, never as passed.',
        ]
      : [
          question?.question ?? '',
          ...(declared?.hint ? [declared.hint] : []),
          ...(question?.reason ? [`stale: ${question.reason}`] : []),
        ],
    fields: [
      ...gone,
      ...(confirmKind ? [verdict] : []),
      answer,
      ...(evidence === 'none' ? [] : [evidenceField(evidence)]),
    ],
    confirm: (values, who) => {
      const said = { passed: 'yes', failed: 'no', na: 'does not apply' }[values.status ?? ''] ?? 'the answer above';
      const refusedItems = chosen(values, 'no');
      const picked = items.length === 0 ? '' : `${chosen(values, 'yes').length} yes, ${refusedItems.length} no: `;
      const written = review?.writes ? ` What you said yes to is written to ${review.writes}.` : '';
      return `${picked}Record ${confirmKind ? `“${said}”` : said} as ${who}?${written}`;
    },
    submit: async (values, by) => {
      const approved = chosen(values, 'yes');
      const refusedItems = chosen(values, 'no');
      const status = (values.status || (refusedItems.length > 0 ? 'failed' : 'passed')) as 'passed' | 'failed' | 'na';
      const picked = [
        ...(approved.length > 0 ? [`${ask} yes: ${approved.join(', ')}.`] : []),
        ...(refusedItems.length > 0 ? [`${ask} no: ${refusedItems.join(', ')}.`] : []),
      ];
      await wizard.controller.attest(
        {
          checkpoint: checkpoint.gate.id,
          attestation: question?.id ?? null,
          ...(manual ? { covers: { check: manual.id, environment: manual.environment } } : {}),
          status,
          answer: [...picked, values.answer ?? ''].join(' ').trim(),
          evidence: evidenceOf(values.evidence),
          ...(items.length > 0 ? { approved } : {}),
        },
        by,
      );
      return manual ? `${manual.id} attested by hand` : 'answer recorded';
    },
  });
}

/** Accepts a finding for a time. */
export function waiveForm(wizard: Wizard, finding: GateFinding): FormPlace {
  const most = wizard.view().policy.maxWaiverDays;
  const days = (value: string) => {
    const number = Number(value.trim());
    return Number.isInteger(number) && number >= 1 && number <= most ? null : `a whole number of days, 1 to ${most}`;
  };
  return form(wizard, {
    title: 'Waive a finding',
    intro: about(finding),
    fields: [
      { kind: 'text', id: 'reason', label: 'Reason', hint: 'why it is not fixed now', validate: filled('a reason') },
      { kind: 'text', id: 'risk', label: 'Risk', hint: 'what can happen meanwhile', validate: filled('the risk') },
      {
        kind: 'text',
        id: 'compensating',
        label: 'Compensating control',
        hint: 'what limits it meanwhile',
        validate: filled('a compensating control'),
      },
      {
        kind: 'text',
        id: 'owner',
        label: 'Owner',
        hint: 'who answers for it',
        initial: wizard.snapshot().person?.name ?? '',
        validate: filled('an owner'),
      },
      {
        kind: 'text',
        id: 'days',
        label: 'Days',
        hint: `1 to ${most}, then it blocks again`,
        initial: String(Math.min(30, most)),
        validate: days,
      },
    ],
    confirm: (values, who) => `Waive this ${finding.severity} for ${values.days} days as ${who}?`,
    submit: async (values, by) => {
      await wizard.controller.waive(
        {
          fingerprint: finding.fingerprint,
          environment: finding.environment,
          reason: values.reason ?? '',
          risk: values.risk ?? '',
          compensating: values.compensating ?? '',
          owner: values.owner ?? '',
          days: Number(values.days),
        },
        by,
      );
      return `waived for ${values.days} days`;
    },
  });
}

/** Takes note of a medium finding. */
export function acknowledgeForm(wizard: Wizard, finding: GateFinding): FormPlace {
  return form(wizard, {
    title: 'Acknowledge a finding',
    intro: about(finding),
    fields: [{ kind: 'text', id: 'note', label: 'Note', hint: 'why it may stay', validate: filled('a note') }],
    confirm: (_values, who) => `Acknowledge it as ${who}?`,
    submit: async (values, by) => {
      const { fingerprint, environment } = finding;
      await wizard.controller.acknowledge({ fingerprint, environment, note: values.note ?? '' }, by);
      return 'acknowledged';
    },
  });
}

/** Takes back what stands under the cursor. */
export function revokeForm(wizard: Wizard, context: KeyContext): FormPlace {
  const target = actUnder(context) ?? '';
  return form(wizard, {
    title: 'Take back',
    intro: subjectOf(context),
    fields: [{ kind: 'text', id: 'reason', label: 'Reason', validate: filled('a reason') }],
    confirm: (_values, who) => `Take it back as ${who}?`,
    submit: async (values, by) => {
      await wizard.controller.revoke(target, values.reason ?? '', by);
      return 'taken back';
    },
  });
}

/** A second person agrees; asked by name, since it is not who acted first. */
export function approveForm(wizard: Wizard, context: KeyContext): FormPlace {
  const target = awaited(context) ?? '';
  const { attestations, waivers, signOffs } = context.view.state;
  const first = [...attestations, ...waivers, ...signOffs].find((act) => act.id === target)?.by ?? null;
  return form(wizard, {
    title: 'Approve as the second person',
    intro: [...subjectOf(context), ...(first === null ? [] : [`First: ${nameOf(first)}`])],
    fields: [],
    stranger: first,
    confirm: (_values, who) => `Agree to it as ${who}?`,
    submit: async (_values, by) => {
      await wizard.controller.approve(target, by);
      return 'approved';
    },
  });
}

/** Demo only: applies the fix, then the checks of its checkpoint again. */
export function applyForm(wizard: Wizard, finding: GateFinding, checkpoint: string | null): FormPlace {
  return {
    kind: 'form',
    title: finding.fix.sql === null ? 'Put the demo’s file right' : 'Apply the fix to the demo database',
    intro: [...about(finding), '', ...(finding.fix.sql ?? finding.fix.command ?? '').trim().split('\n')],
    fields: [],
    form: startForm([]),
    armed: false,
    confirm: () =>
      finding.fix.sql === null
        ? 'Restore this file of the demo’s repository as a careful team would have it?'
        : 'Run these statements on the demo database?',
    submit: async () => {
      await wizard.controller.applyFix(finding.fingerprint, finding.environment);
      return 'fix applied';
    },
    after: () => void (checkpoint === null ? undefined : wizard.run([checkpoint], checkpoint)),
  };
}

/** Signs the audit off; the project's name is typed out. */
export function signForm(wizard: Wizard): FormPlace {
  const { state, gate } = wizard.view();
  const statement = COPY.statement(state.project, gate.decision);
  return form(wizard, {
    title: 'Sign off',
    intro: [statement],
    fields: [
      {
        kind: 'text',
        id: 'project',
        label: `Type the project’s name: ${state.project}`,
        validate: (value) => (value.trim() === state.project ? null : `type ${state.project} to sign`),
      },
    ],
    confirm: (_values, who) => `Sign ${state.project} off as ${gate.decision}, as ${who}?`,
    submit: async (_values, by) => {
      await wizard.controller.sign(statement, by);
      return `signed off as ${gate.decision}`;
    },
  });
}
