import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, prepareDemo } from '../../src/commands/demo/prepare.ts';
import { openDemoAudit } from '../../src/commands/demo-command.ts';
import { type Attestation, checkpointsOf } from '../../src/core/check.ts';
import type { Person } from '../../src/core/events.ts';
import type { GateFinding, GateSection } from '../../src/core/gate.ts';
import { blocks } from '../../src/core/severity.ts';
import type { AttestInput } from '../../src/engine/controller.ts';
import type { AuditSession } from '../../src/engine/session.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import { openAudit } from '../../src/state/store.ts';
import { checklist, loadChecks } from '../../src/steps/checklist.ts';
import { readableByServer } from './folders.ts';

const VERSION = '0.0.0-walk';
const owner: Person = { name: 'Mira Holm', email: 'mira@harbor.example', role: null };

const root = readableByServer(mkdtempSync(join(tmpdir(), 'supaready-harbor-walk-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const evidenceFile = join(root, 'looked-at.txt');
writeFileSync(evidenceFile, 'Looked at on the day of the walk: restored, rotated, timed.\n');

function sectionOf(session: AuditSession, id: number): GateSection {
  const section = session.view().gate.sections.find((one) => one.id === id);
  if (!section) throw new Error(`there is no section ${id}`);
  return section;
}

/** What a section still wants, as lines for a message that says why the walk stops. */
function blockersOf(section: GateSection): string[] {
  return section.checkpoints.flatMap(({ blockers }) =>
    blockers.map(({ kind, checkpoint, check, message }) => `${kind} ${checkpoint} ${check ?? ''}: ${message}`),
  );
}

function answerTo(checkpoint: string, question: Attestation): AttestInput {
  return {
    checkpoint,
    attestation: question.id,
    status: 'passed',
    answer: 'Yes: gone through by Mira Holm today, nothing is left to do.',
    evidence: question.evidence === 'required' ? [evidenceFile] : [],
  };
}

/** The questions that a section asks, each with its checkpoint. */
const requiredOf = (section: number) =>
  checklist.sections
    .filter(({ id }) => id === section)
    .flatMap(({ checkpoints }) =>
      checkpoints.flatMap((checkpoint) =>
        checkpoint.attestations
          .filter(({ required }) => required)
          .map((question) => ({ checkpoint: checkpoint.id, question })),
      ),
    );

function openFindings(session: AuditSession): GateFinding[] {
  return session
    .view()
    .gate.sections.filter(({ id }) => id < 7)
    .flatMap(({ checkpoints }) => checkpoints.flatMap(({ checks }) => checks.flatMap(({ findings }) => findings)))
    .filter(({ state, severity }) => state === 'open' && blocks(severity));
}

function open(demo: Demo, directory: string, fresh: boolean) {
  return openDemoAudit(demo, { directory, fresh, mode: 'headless', version: VERSION });
}

describe('Harbor as it should be, walked to the end', () => {
  const directory = join(root, 'fixed');
  let demo: Demo;
  let session: AuditSession;
  beforeAll(async () => {
    demo = await prepareDemo({ directory, fixed: true, fresh: true });
    ({ session } = open(demo, directory, true));
    await session.run({ selectors: [] });
  }, 240_000);
  afterAll(async () => {
    await session?.close();
    await demo?.stop();
  });

  test.each([1, 2, 3, 4, 5, 6, 7])(
    'section %i: its questions answered, it is satisfied and the next one opens',
    async (id) => {
      const own = () => sectionOf(session, id);
      const asked = requiredOf(id);
      expect(asked.length).toBeGreaterThan(0);
      expect(own().state).toBe('open');
      const following = requiredOf(id + 1)[0];
      for (const { checkpoint, question } of asked) {
        if (following) {
          expect(sectionOf(session, id + 1).state).toBe('locked');
          await expect(session.attest(answerTo(following.checkpoint, following.question), owner)).rejects.toMatchObject(
            {
              code: 'section-locked',
            },
          );
        }
        if (question.evidence === 'required') {
          await expect(
            session.attest({ ...answerTo(checkpoint, question), evidence: [] }, owner),
          ).rejects.toMatchObject({ code: 'evidence-missing' });
        }
        if (id < 7) await expect(session.sign('Too early.', owner)).rejects.toMatchObject({ code: 'not-ready' });
        await session.attest(answerTo(checkpoint, question), owner);
      }
      expect(blockersOf(own())).toEqual([]);
      expect(own().state).toBe('satisfied');
      if (following) expect(sectionOf(session, id + 1).state).toBe('open');
    },
  );

  test('it is ready, unsigned, and nothing blocks it', () => {
    const { gate } = session.view();
    expect(gate.blocking).toEqual([]);
    expect(gate.decision).toBe('ready');
    expect(gate.signed).toBeNull();
  });

  test('signed, bundled, verified and opened again, it is still ready and signed', async () => {
    await session.sign('Real users’ data may go in.', owner);
    const signed = { by: owner.name, decision: 'ready' };
    expect(session.view().gate.signed).toMatchObject(signed);

    const bundle = await session.bundle(root);
    const verified = await verifyBundle(bundle.path, { checklist: await loadChecks(), version: VERSION });
    expect(verified.problems).toEqual([]);
    expect(verified).toMatchObject({
      tier: 'REPLAYED',
      decision: 'ready',
      digest: bundle.sha256,
      notReplayed: [],
      signed: { by: owner.name },
    });

    const before = session.view();
    await session.close();
    const store = openAudit(before.directory, { mode: 'read' });
    expect(store.state).toEqual(before.state);
    store.close();

    ({ session } = open(demo, directory, false));
    const { state, gate, matrix } = session.view();
    expect(state.auditId).toBe(before.state.auditId);
    expect(state.attestations).toEqual(before.state.attestations);
    expect(state.results).toEqual(before.state.results);
    expect(state.signOffs.map(({ statement }) => statement)).toEqual(['Real users’ data may go in.']);
    expect(matrix).toEqual(before.matrix);
    expect(gate.decision).toBe('ready');
    expect(gate.signed).toMatchObject(signed);
  });

  test('looked at again with nothing changed, the sign-off stands', async () => {
    const { fixed, appeared, problems } = await session.run({ selectors: [] });
    expect({ fixed, appeared, problems }).toEqual({ fixed: [], appeared: [], problems: [] });
    const { gate } = session.view();
    expect(gate.sections.flatMap(blockersOf)).toEqual([]);
    expect(gate.signed).toMatchObject({ by: owner.name, decision: 'ready' });
  });
});

describe('Harbor with its defects, mended, waived and acknowledged', () => {
  const directory = join(root, 'defects');
  let demo: Demo;
  let session: AuditSession;
  let atFirst: number;
  beforeAll(async () => {
    demo = await prepareDemo({ directory, fixed: false, fresh: true });
    ({ session } = open(demo, directory, true));
    await session.run({ selectors: [] });
    atFirst = openFindings(session).length;
  }, 240_000);
  afterAll(async () => {
    await session?.close();
    await demo?.stop();
  });

  const first = (severity: GateFinding['severity']): GateFinding => {
    const found = openFindings(session).find((finding) => finding.severity === severity);
    if (!found) throw new Error(`nothing open is ${severity}`);
    return found;
  };
  const waiver = (finding: GateFinding) => ({
    fingerprint: finding.fingerprint,
    environment: finding.environment,
    reason: 'Nobody has been let in yet',
    risk: 'A stranger could read it',
    compensating: 'The shop is behind a password',
    owner: 'Mira Holm',
    days: 14,
  });

  test('a blocker waived and a medium acknowledged no longer count, and what is left still blocks', async () => {
    const before = openFindings(session).length;
    const blocker = first('blocker');
    await session.waive(waiver(blocker), owner);
    expect(openFindings(session)).toHaveLength(before - 1);

    const medium = first('medium');
    const { fingerprint, environment } = medium;
    await session.acknowledge({ fingerprint, environment, note: 'Known, and small' }, owner);
    expect(openFindings(session)).toHaveLength(before - 2);
    await expect(
      session.acknowledge({ fingerprint: first('blocker').fingerprint, environment, note: 'No' }, owner),
    ).rejects.toMatchObject({ code: 'not-acknowledgeable' });
    expect(session.view().gate.decision).toBe('blocked');
  });

  test('each fix that can be applied makes the count fall, and none is offered that changes nothing', async () => {
    const { canApply } = session.view();
    const refused = new Set<string>();
    const mendable = () =>
      openFindings(session).filter((finding) => canApply?.(finding) === true && !refused.has(finding.fingerprint));
    for (let round = 1; round <= 4 && mendable().length > 0; round++) {
      const before = openFindings(session).length;
      for (const { fingerprint, environment } of mendable()) {
        if (openFindings(session).some((one) => one.fingerprint === fingerprint))
          await session.applyFix(fingerprint, environment).catch(() => refused.add(fingerprint));
      }
      const { fixed, problems } = await session.run({ selectors: [] });
      expect(problems).toEqual([]);
      if (round === 1) expect(fixed.length).toBeGreaterThan(30);
      expect(openFindings(session).length).toBeLessThanOrEqual(before);
    }
    expect(mendable()).toEqual([]);
    expect(openFindings(session).length).toBeLessThan(atFirst / 2);
    expect(session.view().gate.decision).toBe('blocked');
  }, 240_000);

  test('all but one accepted and all asked answered, one open finding still blocks; accepted too, it is ready with waivers', async () => {
    const accept = async (finding: GateFinding) => {
      const before = openFindings(session).length;
      if (finding.severity === 'medium')
        await session.acknowledge({ ...waiver(finding), note: 'Known, and small' }, owner);
      else await session.waive(waiver(finding), owner);
      expect(openFindings(session)).toHaveLength(before - 1);
    };
    const answerAll = async (sections: readonly number[]) => {
      for (const { checkpoint, question } of sections.flatMap(requiredOf))
        await session.attest(answerTo(checkpoint, question), owner);
    };
    const last = openFindings(session).at(-1);
    const where = checkpointsOf(checklist).find(({ checks }) => checks.some(({ id }) => id === last?.check))?.id;
    if (!last || !where?.startsWith('6.')) throw new Error('nothing of section 6 is open');
    for (const finding of openFindings(session)) if (finding.fingerprint !== last.fingerprint) await accept(finding);
    await answerAll([1, 2, 3, 4, 5, 6]);

    const one = session.view().gate;
    expect(openFindings(session)).toHaveLength(1);
    expect(one.decision).toBe('blocked');
    expect(one.blocking.filter((id) => !id.startsWith('7.'))).toEqual([where]);
    expect(sectionOf(session, 7).state).toBe('locked');
    await expect(session.sign('In spite of it.', owner)).rejects.toMatchObject({ code: 'not-ready' });

    await accept(last);
    expect(sectionOf(session, 6).state).toBe('satisfied');
    await answerAll([7]);
    expect(session.view().gate).toMatchObject({ decision: 'ready-with-waivers', blocking: [] });
    await session.sign('With the waivers listed.', owner);
    expect(session.view().gate.signed).toMatchObject({ by: owner.name, decision: 'ready-with-waivers' });

    const bundle = await session.bundle(root);
    const verified = await verifyBundle(bundle.path, { checklist: await loadChecks(), version: VERSION });
    expect(verified).toMatchObject({ problems: [], tier: 'REPLAYED', decision: 'ready-with-waivers' });

    const taken = session.view().state.waivers.at(-1);
    await session.revoke(taken?.id ?? '', 'Not acceptable after all', owner);
    expect(openFindings(session)).toHaveLength(1);
    expect(session.view().gate).toMatchObject({ decision: 'blocked', signed: null });
  }, 240_000);
});
