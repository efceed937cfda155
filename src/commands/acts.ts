import { EXIT, UserError } from '../core/errors.ts';
import type { Person } from '../core/events.ts';
import { gateCheckpoints } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import { blocks } from '../core/severity.ts';
import { printable } from '../core/text.ts';
import { findFinding } from '../engine/find-finding.ts';
import type { AuditSession } from '../engine/session.ts';
import { nextLines } from '../report/next.ts';
import { answers } from './ask.ts';
import { openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { knownPerson, parsePerson } from './person.ts';
import { resolveProject } from './targets.ts';

type ActOptions = AuditOptions & { by?: string };

async function withAudit(
  options: ActOptions,
  version: string,
  act: (session: AuditSession, by: () => Promise<Person>) => Promise<string>,
): Promise<number> {
  const project = resolveProject(options);
  const { session } = openAuditSession({ options, project, targets: null, mode: 'headless', version });
  try {
    const said = await act(session, () => whoActs(options.by, project.stateRoot));
    process.stderr.write(`${[said, ...nextLines(session.view())].join('\n')}\n`);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function whoActs(by: string | undefined, directory: string): Promise<Person> {
  const { readPreferences } = await import('../state/preferences.ts');
  const known = knownPerson(by, readPreferences().person, directory);
  if (known) return known;
  const { person } = await answers({
    person: {
      flag: '--by "Name <e-mail>"',
      given: undefined,
      ask: (prompt) => prompt.text('Who are you (Name <e-mail>)?'),
    },
  });
  const parsed = parsePerson(person);
  if (!parsed) throw new UserError('bad-person', `“${person}” names nobody`, 'write it as "Name <e-mail>"');
  return parsed;
}

/** `supaready attest`. */
export async function attestCommand(
  checkpoint: string,
  options: ActOptions & {
    question?: string;
    covers?: string;
    answer?: string;
    status?: 'passed' | 'failed' | 'na';
    evidence?: string[];
  },
  version: string,
): Promise<number> {
  return withAudit(options, version, async (session, by) => {
    const gate = gateCheckpoints(session.view().gate).find((one) => one.id === checkpoint);
    if (!gate)
      throw new UserError(
        'unknown-checkpoint',
        `there is no checkpoint “${checkpoint}”`,
        '`supaready status` lists them',
      );
    const covered =
      options.covers === undefined
        ? null
        : gate.checks.find(
            (check) => check.id === options.covers && (options.env === undefined || check.environment === options.env),
          );
    if (options.covers !== undefined && !covered)
      throw new UserError(
        'unknown-check',
        `checkpoint ${checkpoint} has no check “${options.covers}”`,
        `it has: ${[...new Set(gate.checks.map((check) => check.id))].join(', ')}`,
      );
    const open = gate.attestations.filter((question) => question.state !== 'given');
    const only = gate.attestations.length === 1 ? gate.attestations[0]?.id : undefined;
    if (options.covers === undefined && gate.attestations.length === 0)
      throw new UserError(
        'nothing-asked',
        `checkpoint ${checkpoint} asks nothing of a person`,
        'see `supaready status`',
      );
    const given = await answers({
      question: {
        flag: '--question',
        given: options.covers !== undefined ? '' : (options.question ?? only),
        ask: (prompt) =>
          prompt.choose(
            'Which question?',
            (open.length > 0 ? open : gate.attestations).map((question) => ({
              value: question.id,
              name: question.question,
            })),
          ),
      },
      status: {
        flag: '--status passed|failed|na',
        given: options.status ?? (options.covers !== undefined ? 'passed' : undefined),
        ask: (prompt) =>
          prompt.choose('What does the answer say?', [
            { value: 'passed', name: 'yes, it holds' },
            { value: 'failed', name: 'no, it does not' },
            { value: 'na', name: 'it does not apply' },
          ]),
      },
      answer: { flag: '--answer', given: options.answer, ask: (prompt) => prompt.text('Your answer') },
    });
    await session.attest(
      {
        checkpoint,
        attestation: options.covers !== undefined ? null : given.question,
        ...(covered && { covers: { check: covered.id, environment: covered.environment } }),
        status: given.status as 'passed' | 'failed' | 'na',
        answer: given.answer,
        evidence: options.evidence ?? [],
      },
      await by(),
    );
    return `attested ${checkpoint}`;
  });
}

/** `supaready waive`, and with --acknowledge the lighter act for medium findings. */
export async function waiveCommand(
  fingerprint: string,
  options: ActOptions & {
    reason?: string;
    risk?: string;
    compensating?: string;
    owner?: string;
    days?: string;
    acknowledge?: string | true;
  },
  version: string,
): Promise<number> {
  return withAudit(options, version, async (session, by) => {
    const { gate, policy } = session.view();
    const finding = findFinding(gate, fingerprint, options.env);
    process.stderr.write(
      `${finding.severity}: ${printable(describeObject(finding.object))}: ${printable(finding.message)}\n`,
    );
    if (options.acknowledge !== undefined) {
      await session.acknowledge(
        {
          fingerprint: finding.fingerprint,
          environment: finding.environment,
          note: options.acknowledge === true ? '' : options.acknowledge,
        },
        await by(),
      );
      return `acknowledged ${finding.fingerprint.slice(0, 12)}`;
    }
    if (!blocks(finding.severity))
      throw new UserError(
        'nothing-to-waive',
        `a ${finding.severity} finding holds nothing back`,
        'leave it, or fix it',
      );
    const given = await answers({
      reason: { flag: '--reason', given: options.reason, ask: (prompt) => prompt.text('Why is it accepted?') },
      risk: { flag: '--risk', given: options.risk, ask: (prompt) => prompt.text('What can happen?') },
      compensating: {
        flag: '--compensating',
        given: options.compensating,
        ask: (prompt) => prompt.text('What holds the risk down meanwhile?'),
      },
      owner: { flag: '--owner', given: options.owner, ask: (prompt) => prompt.text('Who puts it right?') },
      days: {
        flag: '--days',
        given: options.days,
        ask: (prompt) => prompt.text('For how many days?', String(Math.min(30, policy.maxWaiverDays))),
      },
    });
    const { days, ...texts } = given;
    await session.waive(
      { fingerprint: finding.fingerprint, environment: finding.environment, ...texts, days: Number(days) },
      await by(),
    );
    return `waived ${finding.fingerprint.slice(0, 12)} for ${days} days`;
  });
}

/** `supaready approve`: a second person agrees. */
export async function approveCommand(id: string, options: ActOptions, version: string): Promise<number> {
  return withAudit(options, version, async (session, by) => {
    await session.approve(id, await by());
    return `approved ${id}`;
  });
}

/** `supaready revoke`. */
export async function revokeCommand(
  id: string,
  options: ActOptions & { reason?: string },
  version: string,
): Promise<number> {
  return withAudit(options, version, async (session, by) => {
    const { reason } = await answers({
      reason: { flag: '--reason', given: options.reason, ask: (prompt) => prompt.text('Why is it taken back?') },
    });
    await session.revoke(id, reason, await by());
    return `revoked ${id}`;
  });
}

/** `supaready sign`. */
export async function signCommand(options: ActOptions & { statement?: string }, version: string): Promise<number> {
  return withAudit(options, version, async (session, by) => {
    const { gate } = session.view();
    const { statement } = await answers({
      statement: { flag: '--statement', given: options.statement, ask: (prompt) => prompt.text('What do you sign?') },
    });
    await session.sign(statement, await by());
    return `signed: ${gate.decision}`;
  });
}
