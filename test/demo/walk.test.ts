import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, prepareDemo } from '../../src/commands/demo/prepare.ts';
import { openDemoAudit } from '../../src/commands/demo-command.ts';
import type { Attestation } from '../../src/core/check.ts';
import type { Person } from '../../src/core/events.ts';
import type { GateFinding, GateSection } from '../../src/core/gate.ts';
import { blocks } from '../../src/core/severity.ts';
import type { AttestInput } from '../../src/engine/controller.ts';
import type { AuditSession } from '../../src/engine/session.ts';
import { verifyBundle } from '../../src/evidence/verify.ts';
import { openAudit } from '../../src/state/store.ts';
import { checklist } from '../../src/steps/checklist.ts';
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
    const verified = await verifyBundle(bundle.path, { checklist, version: VERSION });
    expect(verified.problems).toEqual([]);
    expect(verified).toMatchObject({ tier: 'REPLAYED', decision: 'ready', digest: bundle.sha256, notReplayed: [] });

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
