import { beforeAll, describe, expect, test } from 'vitest';
import { checkpointsOf } from '../../src/core/check.ts';
import type { Declared } from '../../src/core/facts/audit.ts';
import type { Collected, FactName } from '../../src/core/facts.ts';
import type { GateFinding } from '../../src/core/gate.ts';
import { describeObject } from '../../src/core/object.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import type { AuditView } from '../../src/engine/controller.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { checkReport } from '../../src/report/check-json.ts';
import { renderTable } from '../../src/report/table.ts';
import { CHECK_WORDS } from '../../src/report/words.ts';
import { checklist, loadChecks } from '../../src/steps/checklist.ts';
import { PlainWalk } from '../../src/ui/plain/walk.ts';
import { Wizard } from '../../src/ui/wizard.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';
import { type Answer, MemoryController } from './memory-controller.ts';
import { draw } from './render.tsx';

/*
 * The wizard on screen, its plain transcript, the table and the JSON of `check`: four ways to say one audit. Here each is read
 * as a person or program would read it, and all must have said the same of every checkpoint, check and finding.
 */

const NOW = '2026-11-24T12:00:00.000Z';
const environment = { name: 'production', kind: 'production', source: 'live', target: 'localhost/shop' } as const;
const declared: Declared = { ...NOTHING_DECLARED, project: 'shop' };
const ADA = { name: 'Ada', email: null, role: null };
const DEFECTS = `
  create table public.orders (id bigint primary key, customer uuid references auth.users(id) on delete cascade);
  create table public."Line Items" (order_id bigint references public.orders(id), qty int);
  create table public.notes (id bigint primary key, body text);
  alter table public.notes enable row level security;
  create policy everyone on public.notes for all using (true);
  create function public.wipe(older_than integer, really boolean) returns void language sql security definer
    as $$ delete from public.orders $$;
  create view public.customers as select id, email from auth.users;
`;
const NO_DATA: ReadonlySet<string> = new Set<FactName>(['rowCounts']);

/** What an audit says, as sortable lines: of checkpoints, of checks, of findings. */
interface Sayings {
  checkpoints: string[];
  checks: string[];
  findings: string[];
}

const sorted = (said: Sayings): Sayings => ({
  checkpoints: said.checkpoints.sort(),
  checks: said.checks.sort(),
  findings: said.findings.sort(),
});

function fromView(view: AuditView): Sayings {
  const all = view.gate.sections.flatMap((section) => section.checkpoints);
  const finding = (checkpoint: string, one: GateFinding) =>
    `${checkpoint} ${one.severity} ${describeObject(one.object)} ${one.state}`;
  return sorted({
    checkpoints: all.map((one) => `${one.id} ${one.state}`),
    checks: all.flatMap((one) =>
      one.checks.map((check) => `${one.id} ${check.id} ${check.status} ${check.findings.length}`),
    ),
    findings: all.flatMap((one) =>
      one.checks.flatMap((check) => check.findings.map((found) => finding(one.id, found))),
    ),
  });
}

function fromJson(view: AuditView): Sayings {
  const report = checkReport({
    view,
    version: '0.0.0',
    startedAt: NOW,
    endedAt: NOW,
    serverVersions: {},
    skippedCredentials: {},
    selected: null,
  });
  return sorted({
    checkpoints: report.checkpoints.map((one) => `${one.id} ${one.state}`),
    checks: report.checkpoints.flatMap((one) =>
      one.checks.map((check) => `${one.id} ${check.id} ${check.status} ${check.findings}`),
    ),
    findings: report.findings.map(
      (one) => `${one.checkpoint} ${one.severity} ${describeObject(one.object)} ${one.state}`,
    ),
  });
}

/** The state of a checkpoint in the words of a person; what never ran is blocked by that. */
function stateIn(words: string): string {
  const [first = ''] = words.split(/[ ,]/);
  return first === 'not' ? 'blocked' : first;
}

/** Status of a check and number of its findings, from what is said after its id. */
function statusIn(words: string): string {
  const [said = ''] = words.split(/ {2,}/);
  const plain = said.replace(/^stale \((.*?)(?: before\).*|…)$/, '$1').replace(/^attested by hand, /, '');
  const counts = [...plain.matchAll(/(?:^|, )([\d,]+) (?:blocker|high|medium|low|info|waived|acknowledged)\b/g)];
  if (counts.length > 0)
    return `fail ${counts.reduce((sum, [, count = '']) => sum + Number(count.replaceAll(',', '')), 0)}`;
  const named = Object.entries(CHECK_WORDS).find(([, { word }]) => plain === word || plain.startsWith(`${word}:`));
  return `${named ? named[0] : plain.includes('looked at') ? 'pass' : `unknown “${words}”`} 0`;
}

const CHECK = /^(\S) ([a-z][a-z0-9-]+) {2,}(.*)$/;
const FINDING = /^(\S) (blocker|high|medium|low|info) {1,}(\S.*?) {2,}(?:(waived|acknowledged): )?/;

/** Reads one row of a checkpoint, without its pointer or number. */
function readRow(checkpoint: string, row: string, into: Sayings): void {
  const finding = FINDING.exec(row);
  if (finding) {
    const [, glyph, severity, object, covered] = finding;
    expect(glyph === '~', row).toBe(covered !== undefined);
    into.findings.push(`${checkpoint} ${severity} ${object} ${covered ?? 'open'}`);
    return;
  }
  const check = CHECK.exec(row);
  if (check) into.checks.push(`${checkpoint} ${check[2]} ${statusIn(check[3] ?? '')}`);
}

async function fromScreens(controller: MemoryController): Promise<Sayings> {
  const said: Sayings = { checkpoints: [], checks: [], findings: [] };
  const { wizard, waitFor } = draw(controller, { columns: 240, rows: 260 });
  const overview = await waitFor('Sign-off');
  for (const { id, title } of checkpointsOf(checklist)) {
    const line = overview.split('\n').find((one) => one.includes(` ${id} ${title} `)) ?? '';
    const state = stateIn(line.split(/ {2,}/).at(-1)?.trim() ?? '');
    wizard.openCheckpoint(id);
    const frame = await waitFor((text) => text.split('\n')[3]?.startsWith(` ${id} `) === true);
    const rows = frame.split('\n').slice(3);
    // The head of its own screen says the same as the overview.
    expect(stateIn(rows[0]?.split(/ {2,}\S /).at(-1) ?? ''), rows[0]).toBe(state);
    said.checkpoints.push(`${id} ${state}`);
    for (const row of rows.slice(1)) readRow(id, row.slice(3), said);
    wizard.back();
  }
  return sorted(said);
}

async function fromPlain(controller: MemoryController): Promise<Sayings> {
  const said: Sayings = { checkpoints: [], checks: [], findings: [] };
  const ids = checkpointsOf(checklist).map(({ id }) => id);
  const script = [...ids.flatMap((_, index) => [String(index + 1), 'b']), 'q'];
  const lines: string[] = [];
  const wizard = new Wizard(
    controller,
    {
      resumeCommand: 'supaready',
      person: ADA,
      savePerson: () => {},
      openUrl: async () => {},
      copy: async () => 'printed',
    },
    { columns: 80, rows: 24 },
    () => {},
  );
  await new PlainWalk(
    wizard,
    async () => script.shift() ?? 'q',
    (text) => lines.push(...text.split('\n')),
  ).run();
  const states = new Map<string, string>();
  let at = '';
  for (const line of lines) {
    const listed = /^ {2}\d+\. (\d\.\d+) .*: (.*)$/.exec(line);
    const opened = /^(\d\.\d+) .*: (.*)$/.exec(line);
    if (listed) states.set(listed[1] ?? '', stateIn(listed[2] ?? ''));
    else if (opened && ids.includes(opened[1] ?? '')) {
      at = opened[1] ?? '';
      expect(stateIn(opened[2] ?? ''), line).toBe(states.get(at));
    } else readRow(at, line.replace(/^ +\d+\. /, ''), said);
  }
  said.checkpoints.push(...[...states].map(([id, state]) => `${id} ${state}`));
  return sorted(said);
}

function fromTable(view: AuditView): Sayings {
  const said: Sayings = { checkpoints: [], checks: [], findings: [] };
  let at = '';
  let locked = false;
  for (const line of renderTable(view, { colour: false, selected: null, findings: true }).split('\n')) {
    const section = /^\d \S.*$/.exec(line);
    const checkpoint = /^ {2}\S (\d\.\d+) .* {2}(\S.*)$/.exec(line);
    const finding = /^ {6}(blocker|high|medium|low|info) +(\S.*?)(?: \((waived|acknowledged)\))? {2}[0-9a-f]{12}$/.exec(
      line,
    );
    const check = /^ {4}(\S [a-z].*)$/.exec(line);
    if (section) locked = line.includes('locked until');
    else if (checkpoint) {
      at = checkpoint[1] ?? '';
      said.checkpoints.push(`${at} ${locked ? 'locked' : stateIn(checkpoint[2] ?? '')}`);
    } else if (finding) said.findings.push(`${at} ${finding[1]} ${finding[2]} ${finding[3] ?? 'open'}`);
    else if (check) readRow(at, (check[1] ?? '').replace(/^(\S [a-z0-9-]+) (?! )/, '$1  '), said);
  }
  return sorted(said);
}

/** Results of the real checks over a real database with defects in it; what needs credentials or a repository is skipped. */
async function realAnswers(): Promise<Record<string, Answer>> {
  await loadSqlParser();
  const database = await freshDatabase();
  try {
    await database.sql(DEFECTS);
    const checks = checkpointsOf(await loadChecks()).flatMap((one) => one.checks);
    const collected = await collectSnapshot({
      target: { environment, databaseUrl: database.url, embedded: false, projectRef: null, shadow: null },
      repository: null,
      migrations: null,
      declared,
      names: new Set([...factsOf(checks)].filter((name) => !NO_DATA.has(name))),
      previous: null,
      now: () => NOW,
      clock: () => performance.now(),
    });
    const facts = {
      ...collected.facts,
      declared: { status: 'ok', value: declared, hidden: [], ms: 0 },
    } as Collected;
    const snapshot = snapshotOf({ environment: 'production', source: 'live', takenAt: NOW, durationMs: 0, facts });
    return Object.fromEntries(
      checks.map((check) => [check.id, evaluateCheck(check, { snapshot, environment, parameters: {}, now: NOW })]),
    );
  } finally {
    await database.drop();
  }
}

/** Everything of the first sections answered, so that later ones are open. */
async function satisfy(controller: MemoryController, sections: number): Promise<void> {
  for (const section of checklist.sections.filter(({ id }) => id <= sections)) {
    for (const { id, attestations } of section.checkpoints) {
      for (const { id: attestation } of attestations) {
        await controller.attest(
          { checkpoint: id, attestation, status: 'passed', answer: 'yes', evidence: ['https://example.org/seen'] },
          ADA,
        );
      }
    }
  }
}

describe('wizard, plain transcript, table and JSON say the same', () => {
  let answers: Record<string, Answer> = {};
  beforeAll(async () => {
    answers = await realAnswers();
  }, 60_000);

  async function compare(controller: MemoryController): Promise<AuditView> {
    const view = controller.view();
    const truth = fromView(view);
    expect(fromJson(view)).toEqual(truth);
    expect(await fromPlain(controller)).toEqual(truth);
    expect(await fromScreens(controller)).toEqual(truth);
    const table = fromTable(view);
    // Sign-off repeats what the sections before it say: the table lists its findings once its turn has come.
    const late = view.gate.sections.some(({ id, state }) => id === 7 && state === 'locked');
    expect(table).toEqual({ ...truth, findings: truth.findings.filter((one) => !late || !one.startsWith('7.')) });
    return view;
  }

  test('of an audit at its beginning: nothing answered, nearly everything locked', async () => {
    const controller = new MemoryController({ checklist, answers });
    await controller.run({ selectors: [] });
    const view = await compare(controller);
    const findings = view.gate.sections.flatMap(({ checkpoints }) =>
      checkpoints.flatMap(({ checks }) => checks.flatMap((check) => check.findings)),
    );
    expect(findings.length).toBeGreaterThan(15);
  }, 120_000);

  test('of an audit that was opened and never ran', async () => {
    await compare(new MemoryController({ checklist, readOnly: true }));
  }, 120_000);

  test('of an audit that waits for a person and for nothing else', async () => {
    const controller = new MemoryController({ checklist });
    await controller.run({ selectors: [] });
    await satisfy(controller, 2);
    const { sections } = await compare(controller).then((view) => view.gate);
    expect(sections[2]?.checkpoints.map(({ state }) => state)).toContain('waiting');
  }, 120_000);

  test('of an audit half-way: satisfied, open, waived, acknowledged, attested by hand, stale', async () => {
    const early = new Set(
      checklist.sections
        .filter(({ id }) => id < 4)
        .flatMap(({ checkpoints }) => checkpoints.flatMap(({ checks }) => checks.map((check) => check.id))),
    );
    const mixed = Object.fromEntries(
      Object.entries(answers).map(([id, answer], index): [string, Answer] => {
        if (early.has(id)) return [id, { status: 'pass', reason: null, lookedAt: '3 tables', findings: [] }];
        return [id, index % 5 === 0 ? { ...answer, evaluatedAt: '2026-10-01T00:00:00.000Z' } : answer];
      }),
    );
    const controller = new MemoryController({ checklist, answers: mixed });
    await controller.run({ selectors: [] });
    await satisfy(controller, 3);
    const checks = controller
      .view()
      .gate.sections.flatMap(({ checkpoints }) => checkpoints.flatMap((one) => one.checks));
    for (const [index, finding] of checks.flatMap((check) => check.findings).entries()) {
      const { fingerprint, environment: where } = finding;
      if (finding.severity === 'medium' && index % 2 === 0)
        await controller.acknowledge({ fingerprint, environment: where, note: 'known' }, ADA);
      else if (index % 3 === 0)
        await controller.waive(
          { fingerprint, environment: where, reason: 'r', risk: 'r', compensating: 'c', owner: 'o', days: 9 },
          ADA,
        );
    }
    for (const section of controller.view().gate.sections.filter(({ state }) => state === 'open')) {
      for (const { id, checks: own } of section.checkpoints) {
        for (const check of own.filter(({ status }) => status === 'skipped').slice(0, 2)) {
          const covers = { check: check.id, environment: check.environment };
          await controller.attest(
            {
              checkpoint: id,
              attestation: null,
              covers,
              status: 'passed',
              answer: 'seen',
              evidence: ['https://e.org/1'],
            },
            ADA,
          );
        }
      }
    }
    const view = await compare(controller);
    const all = view.gate.sections.flatMap(({ checkpoints }) => checkpoints);
    const seen = new Set([
      ...all.map(({ state }) => state),
      ...all.flatMap((one) => one.checks.map(({ status }) => status)),
      ...all.flatMap((one) => one.checks.flatMap(({ findings }) => findings.map(({ state }) => state))),
      ...all.flatMap((one) =>
        one.checks.map(({ attestedBy, stale }) => (attestedBy ? 'by hand' : stale ? 'stale check' : '')),
      ),
    ]);
    for (const one of ['satisfied', 'blocked', 'locked', 'pass', 'fail', 'skipped', 'open', 'waived', 'acknowledged'])
      expect(seen).toContain(one);
    expect(seen).toContain('by hand');
    expect(seen).toContain('stale check');
  }, 120_000);
});
