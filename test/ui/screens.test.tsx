import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { finding, flawed, MemoryController } from './memory-controller.ts';
import { draw, printed } from './render.tsx';

const IDLE = (frame: string) => !frame.includes('Ctrl-C cancels') && frame.includes('? help');

const ADA = { name: 'Ada', email: 'ada@example.org', role: null };

/** A wizard on checkpoint 2.2, everything run and section 1 satisfied. */
async function onTables(
  options: Parameters<typeof draw>[1] = {},
  controller = new MemoryController({ answers: flawed() }),
) {
  await controller.run({ selectors: [] });
  await controller.attest(
    { checkpoint: '1.1', attestation: 'all-projects', status: 'passed', answer: '', evidence: [] },
    { name: 'Ada', email: null, role: null },
  );
  const harness = draw(controller, { initial: '2.2', ...options });
  await harness.waitFor('2.2 Every table');
  return { controller, ...harness };
}

describe('the wizard on screen', () => {
  test('opens on the seven sections with the next thing to do under the cursor', async () => {
    const { waitFor } = draw(new MemoryController());
    const frame = await waitFor('supaready');
    expect(frame).toContain('Harbor · production');
    expect(frame).toContain('0 of 8 ✔');
    expect(frame).toMatch(/saved \d\d:\d\d:\d\d/);
    expect(frame).toMatch(/▸ {3}○ 1\.1 Every project/);
    expect(frame).toMatch(/Next {2}1\.1/);
    for (const name of ['1 Inventory', '2 Schema', '3 Data', '4 Security', '5 Operations', '6 App', '7 Sign-off']) {
      expect(frame).toContain(`${name} of the project`);
    }
    expect(frame).toContain('opens when 1.1 is satisfied');
  });

  test('a checkpoint that never ran is run at once, and says what it looked at', async () => {
    const controller = new MemoryController();
    const { waitFor, press } = draw(controller);
    await waitFor('supaready');
    press('<enter>');
    await waitFor('17 tables looked at');
    expect(controller.calls).toEqual(['run 1.1']);
  });

  test('every pass, finding and skip says how it is known and what would change it', async () => {
    const { waitFor } = await onTables();
    const frame = await waitFor('2 findings');
    expect(frame).toMatch(/✖ cascade-on-records +1 high in 17 tables/);
    expect(frame).toMatch(/✖ no-primary-key +1 medium/);
    expect(frame).toMatch(/– timestamps +skipped: needs the shadow database \(start with/);
    expect(frame).toMatch(/▸ ✖ high +public\.payments +deleting an order deletes its payments/);
    expect(frame).toContain('foreign key payments_order_id_fkey is ON DELETE CASCADE');
    expect(frame).toContain('Gate: held by 2 findings, 1 check that could not run, 1 question');
    expect(frame).toContain('Asked of you: 0 of 2 answered');
  });

  test('the row under the cursor shows in full what did not fit', async () => {
    const { waitFor, press } = await onTables({ initial: 'timestamps', columns: 60 });
    await waitFor(/▸ – timestamps +skipped: needs the shadow data.*…/);
    await waitFor(/^ {7}skipped: needs the shadow database \(start with$/m);
    press('<down>');
    await waitFor((frame) => !frame.includes('(start with'));
  });

  test('the finding in full: object, why, how we know, exact fix; copied with c', async () => {
    const { waitFor, press, copied } = await onTables();
    press('<enter>');
    const frame = await waitFor('Fix (SQL)');
    expect(frame).toContain('public.payments');
    expect(frame).toContain('Why it matters');
    expect(frame).toContain('How we know');
    expect(frame).toContain('db.example:5432/postgres');
    expect(frame).toContain('alter table public.payments enable row level security;');
    press('c');
    await waitFor('fix copied');
    expect(copied).toEqual(['alter table public.payments enable row level security;']);
  });

  test('x runs the fix in the demo, and the re-run says what changed', async () => {
    const { waitFor, press, controller } = await onTables({}, new MemoryController({ answers: flawed(), demo: true }));
    press('x');
    await waitFor('Run these statements on the demo database?');
    await waitFor('y records it');
    await waitFor((frame) => !frame.includes('one moment'));
    press('y');
    await waitFor('1 fixed');
    expect(controller.calls).toContain('apply cascade-on-records');
    expect(await waitFor(IDLE)).not.toContain('deleting an order');
  });

  test('x outside the demo says why not', async () => {
    const { waitFor, press, controller } = await onTables();
    press('x');
    await waitFor('supaready applies fixes to its own demo only');
    expect(controller.calls.some((call) => call.startsWith('apply'))).toBe(false);
  });

  test('a waiver asks for everything, and y alone records it', async () => {
    const { waitFor, press, controller } = await onTables();
    press('w');
    await waitFor('Waive a finding');
    await waitFor((frame) => !frame.includes('one moment'));
    press('<enter>');
    await waitFor('a reason is needed');
    press('too late for this release', '<enter>', 'orders vanish', '<enter>', 'nightly export', '<enter>');
    await waitFor('Owner');
    press('<enter>', '<back>', '<back>', '99', '<enter>');
    await waitFor('a whole number of days, 1 to 90');
    press('<back>', '<back>', '14', '<enter>');
    await waitFor('Waive this high for 14 days as Ada <ada@example.org>?');
    press('<enter>', '<enter>', 'n');
    expect(controller.calls.some((call) => call.startsWith('waive'))).toBe(false);
    press('y');
    await waitFor('waived for 14 days');
    expect(controller.calls).toContain('waive 14 by Ada');
    expect(await waitFor(IDLE)).toMatch(/~ high +public\.payments +waived: /);
  });

  test('an unknown person is asked once, with the first act', async () => {
    const { waitFor, press, controller, saved } = await onTables({ person: null });
    press('j');
    press('n');
    await waitFor('Your name');
    await waitFor((frame) => !frame.includes('one moment'));
    press('Grace', '<enter>', '<enter>', 'known', '<enter>', 'y');
    await waitFor('acknowledged');
    expect(saved).toEqual(['Grace']);
    expect(controller.calls).toContain('acknowledge by Grace');
    press('u');
    await waitFor('Take back');
    expect(await waitFor('Reason')).not.toContain('Your name');
  });

  test('keys typed before a question was on screen do not answer it', async () => {
    const { waitFor, press, controller } = await onTables();
    press('G', 'k', 'a', 'y', '<enter>', 'y', '<enter>', 'y');
    await waitFor('one moment');
    const frame = await waitFor((text) => text.includes('Question of 2.2') && !text.includes('one moment'));
    expect(frame).toContain('○ y yes');
    expect(controller.calls.filter((call) => call.startsWith('attest'))).toEqual([
      'attest all-projects passed by Ada'.replace('passed by Ada', 'passed by Ada'),
    ]);
  });

  test('a question is answered with its own key and y; Enter alone answers nothing', async () => {
    const { waitFor, press, controller } = await onTables();
    press('G', 'k', 'a');
    await waitFor((text) => text.includes('Question of 2.2') && !text.includes('one moment'));
    press('<enter>');
    await waitFor('choose y, n, d');
    press('<enter>', '<enter>');
    press('y', '<enter>', 'y');
    await waitFor('answer recorded');
    expect(controller.calls).toContain('attest cascades passed by Ada');
  });

  test('a question goes through its tables one by one, each with what was observed, in 80 columns and 24 rows', async () => {
    const items = Array.from({ length: 30 }, (_, at) => ({
      name: `public.t${at}`,
      lines: [
        'whose a row is, owner: user_id',
        `select  own rows: A, B, C; rows of others: ${at === 1 ? 'A' : 'nobody'}`,
      ],
    }));
    const controller = new MemoryController({
      answers: flawed(),
      review: { items, writes: 'supaready.access.json' },
    });
    const { waitFor, press } = await onTables({}, controller);
    press('G', 'a');
    const first = await waitFor(
      (text) => text.includes('public.t0: as you expect it?') && !text.includes('one moment'),
    );
    expect(first).toContain('select  own rows: A, B, C; rows of others: nobody');
    expect(first.split('\n').length).toBeLessThan(24);
    press('<enter>');
    await waitFor('choose y, n');
    press('y', 'n');
    await waitFor('public.t2: as you expect it?');
    press(...Array.from({ length: 28 }, () => 'y'));
    const last = await waitFor('Answer');
    expect(last).toContain('public.t29');
    press('<enter>', '<enter>');
    await waitFor('29 yes, 1 no');
    expect(await waitFor('written to')).toContain('supaready.access.json');
    press('y');
    await waitFor('answer recorded');
    expect(controller.calls).toContain('attest purpose failed by Ada');
    expect(controller.calls.find((call) => call.startsWith('approved'))).toMatch(
      /^approved public\.t0, public\.t2, .*public\.t29: as you expect it\? yes: public\.t0, .* as you expect it\? no: public\.t1\.$/,
    );
  });

  test('a check that could not run is attested by hand, with evidence, and never looks passed', async () => {
    const { waitFor, press, controller } = await onTables({ initial: 'timestamps' });
    press('a');
    await waitFor((text) => text.includes('Attest by hand: timestamps') && !text.includes('one moment'));
    press('y', 'read all defaults', '<enter>', '<enter>');
    await waitFor('evidence is needed');
    press('https://example.org/review', '<enter>', 'y');
    await waitFor('timestamps attested by hand');
    expect(controller.calls).toContain('attest timestamps passed by Ada');
    expect(await waitFor(IDLE)).toMatch(/✎ timestamps +attested by hand, skipped: needs/);
  });

  test('a locked section can be looked at and run ahead, not attested', async () => {
    const controller = new MemoryController({ answers: flawed() });
    const { waitFor, press } = draw(controller, { initial: '2.2' });
    await waitFor(IDLE);
    await waitFor('3 checks run for the first time');
    press('a');
    const frame = await waitFor('nothing in it attested');
    expect(frame).toContain('section 2 is locked and opens when 1.1 is satisfied');
    expect(controller.calls.filter((call) => call.startsWith('attest'))).toEqual([]);
  });

  test('the last fix satisfies the checkpoint, prints it into the scrollback and offers the next', async () => {
    const { waitFor, press, wizard, controller } = await onTables(
      {},
      new MemoryController({ answers: { 'exposed-schemas': { findings: [finding('exposed-schemas', 'secrets')] } } }),
    );
    controller.answers['exposed-schemas'] = {};
    wizard.openCheckpoint('2.1');
    await waitFor('any signed-in user');
    press('r');
    const frame = await waitFor('2.1 is satisfied');
    expect(frame).toContain('1 fixed');
    expect(frame).toContain('Next: 2.2 (Tab)');
    expect(printed(wizard)).toEqual([expect.stringMatching(/✔ 2\.1 The API shows .* satisfied/)]);
  });

  test('Enter on a check leads to what it found, Tab to the next thing to do', async () => {
    const { waitFor, press } = await onTables({ initial: 'no-primary-key' });
    await waitFor(/▸ ✖ no-primary-key/);
    press('<enter>');
    await waitFor(/▸ ✖ medium +public\.events/);
    press('<tab>');
    await waitFor(/▸ .*(no-primary-key|public\.)/);
    const fresh = draw(
      new MemoryController({ answers: { 'project-inventory': { findings: [finding('project-inventory', 'shop')] } } }),
    );
    await fresh.waitFor('supaready');
    fresh.press('<tab>');
    await fresh.waitFor(/▸ ✖ high +public\.shop/);
  });

  test('filter and only-blockers narrow the list; Esc widens it again', async () => {
    const { waitFor, press } = await onTables();
    press('/', 'paym');
    const frame = await waitFor('1 of 2 findings');
    expect(frame).not.toContain('public.events');
    press('<esc>');
    await waitFor('public.events');
    press('!');
    await waitFor('only what blocks');
    press('<esc>');
    await waitFor((text) => text.includes('public.events') && !text.includes('only what blocks'));
  });

  test('b says what blocks and the one next step; Enter goes there', async () => {
    const { waitFor, press } = draw(new MemoryController({ answers: flawed() }));
    await waitFor('supaready');
    press('b');
    const frame = await waitFor('Why 1.1 is not satisfied');
    expect(frame).toMatch(/Next: 1\.1 .*→/s);
    press('<enter>');
    await waitFor('project-inventory');
  });

  test('? lists every key with the reason why one does nothing, and filters', async () => {
    const { waitFor, press } = await onTables();
    press('?');
    await waitFor('Keys here (checkpoint)');
    press('/', 'demo');
    const frame = await waitFor('not here: supaready applies fixes to its own demo only');
    expect(frame).toContain('Apply the fix');
  });

  test('e explains a check', async () => {
    const { waitFor, press } = await onTables();
    press('e');
    const frame = await waitFor('How to put it right');
    expect(frame).toContain('cascade_on_records');
    expect(frame).toContain('False alarms');
  });

  test('the matrix and the decision; signing is refused with what is missing', async () => {
    const { waitFor, press } = await onTables();
    press('s');
    const frame = await waitFor('Monitoring');
    expect(frame).toMatch(/✖ blocked +not satisfied: 2\.2/);
    expect(frame).toMatch(/public\.orders +✔ +✖ +✔ +✔ +✔/);
    press('s');
    await waitFor('must be satisfied first');
  });

  test('signing takes the typed name of the project', async () => {
    const controller = new MemoryController();
    await controller.run({ selectors: [] });
    const by = { name: 'Ada', email: null, role: null };
    for (const [checkpoint, attestation] of [
      ['1.1', 'all-projects'],
      ['2.2', 'cascades'],
    ] as const) {
      await controller.attest({ checkpoint, attestation, status: 'passed', answer: 'yes', evidence: [] }, by);
    }
    const { waitFor, press } = draw(controller);
    await waitFor('press s to sign off');
    press('s', 's');
    await waitFor((text) => text.includes('Type the project’s name: Harbor') && !text.includes('one moment'));
    press('harbor', '<enter>');
    await waitFor('type Harbor to sign');
    for (let left = 0; left < 6; left++) press('<back>');
    press('Harbor', '<enter>', 'y');
    await waitFor('signed as ready by Ada');
    expect(controller.calls).toContain('sign ready by Ada');
  });

  test('a sign-off under four eyes waits for a second person, whom p asks by name; the first one cannot agree', async () => {
    const controller = new MemoryController({ policy: { fourEyes: true } });
    await controller.run({ selectors: [] });
    for (const [checkpoint, attestation] of [
      ['1.1', 'all-projects'],
      ['2.2', 'cascades'],
    ] as const) {
      await controller.attest({ checkpoint, attestation, status: 'passed', answer: 'yes', evidence: [] }, ADA);
    }
    await controller.sign('it is ready', ADA);
    const { waitFor, press, wizard } = draw(controller);
    await waitFor('The sign-off by Ada needs a second');
    press('<tab>');
    await waitFor('The sign-off by Ada needs a second');
    await waitFor('p approve');
    press('s');
    await waitFor('it is signed already and waits for a second person');
    press('p');
    await waitFor((text) => text.includes('First: Ada') && !text.includes('one moment'));
    press(' ADA', '<enter>');
    await waitFor('Ada acted first; somebody else has to agree');
    for (let left = 0; left < 4; left++) press('<back>');
    press('Grace', '<enter>', 'ada@example.org', '<enter>');
    await waitFor('Ada acted first; somebody else has to agree');
    for (let left = 0; left < 15; left++) press('<back>');
    press('<enter>');
    await waitFor('Agree to it as Grace?');
    press('y');
    await waitFor('signed as ready by Ada');
    expect(controller.calls.filter((call) => call.startsWith('approve'))).toEqual([
      expect.stringMatching(/^approve sig-1 by Grace$/),
    ]);
    // Whoever approves does not become the person of this terminal.
    expect(wizard.snapshot().person?.name).toBe('Ada');
    press('p');
    await waitFor('nothing here waits for a second person');
  });

  test('a waiver of a blocker waits for a second person: p agrees, u takes it back', async () => {
    const controller = new MemoryController({ answers: flawed(), policy: { fourEyes: true } });
    await controller.run({ selectors: [] });
    const waived = finding('rls-all-privileges', 'notes', { severity: 'blocker' });
    const waiver = { reason: 'r', risk: 'r', compensating: 'c', owner: 'Ada', days: 30 };
    const waive = () =>
      controller.waive({ ...waiver, fingerprint: waived.fingerprint, environment: 'production' }, ADA);
    await waive();
    const { waitFor, press } = draw(controller, { initial: '4.1' });
    await waitFor(/▸ ✖ blocker +public\.notes/);
    press('u');
    await waitFor((text) => text.includes('Take back') && !text.includes('one moment'));
    press('a mistake', '<enter>', 'y');
    await waitFor('taken back');
    press('p');
    await waitFor('nothing here waits for a second person');
    await waive();
    press('p');
    await waitFor((text) => text.includes('Approve as the second person') && !text.includes('one moment'));
    press('Grace', '<enter>', '<enter>', 'y');
    await waitFor('approved');
    expect(await waitFor(IDLE)).toMatch(/~ blocker +public\.notes +waived: /);
  });

  test('read-only: everything can be looked at, nothing changed, and it says who holds the audit', async () => {
    const controller = new MemoryController({ readOnly: true });
    const { waitFor, press } = draw(controller);
    await waitFor('read-only, held by terminal 2');
    press('<enter>');
    await waitFor('not run');
    press('r');
    await waitFor('read-only: terminal 2 holds this audit');
    expect(controller.calls).toEqual([]);
  });
});

describe('running', () => {
  test('keys while checks run do nothing; Ctrl-C cancels, the second one leaves with 130', async () => {
    const controller = new MemoryController();
    let release = () => {};
    controller.gate = () => new Promise((resolve) => (release = resolve));
    const { waitFor, press, exited } = draw(controller);
    await waitFor('supaready');
    press('<enter>');
    await waitFor('checking 0/1 project-inventory');
    press('q', 'a', '<enter>', 'y');
    press('<ctrl-c>');
    await waitFor('cancelling');
    release();
    await waitFor('cancelled; the earlier results stand');
    expect(exited).toEqual([]);
    press('r');
    await waitFor('checking 0/1');
    press('<ctrl-c>', '<ctrl-c>');
    release();
    await waitFor(() => exited.length > 0);
    expect(exited).toEqual([130]);
  });

  test('Ctrl-C with nothing running leaves with 130, q with the verdict', async () => {
    const first = draw(new MemoryController());
    await first.waitFor('supaready');
    first.press('<ctrl-c>');
    expect(first.exited).toEqual([130]);
    const second = draw(new MemoryController());
    await second.waitFor('supaready');
    second.press('q');
    expect(second.exited).toEqual([1]);
  });

  test('several keys in one chunk, and pastes', async () => {
    const { waitFor, press } = await onTables();
    press('kkk');
    await waitFor(/▸ ✖ no-primary-key/);
    press('/', '\u001B[200~public\r\npayments\u001B[201~');
    await waitFor('/ public payments');
  });
});

describe('sizes and colours', () => {
  for (const [columns, rows] of [
    [40, 12],
    [80, 24],
    [120, 40],
    [160, 50],
  ] as const) {
    for (const colour of [false, true]) {
      test(`${columns}×${rows}${colour ? ' in colour' : ''}: never wider than the terminal, never taller than rows − 1`, async () => {
        const nasty = finding('cascade-on-records', '表格👍\u001B[31mred\u202Eافق "x"\n', {
          message: `wide 表${'表'.repeat(90)}`,
        });
        const controller = new MemoryController({
          answers: { ...flawed(), 'cascade-on-records': { findings: [nasty] } },
        });
        const { waitFor, press } = await onTables({ columns, rows, colour }, controller);
        const check = (frame: string) => {
          const lines = frame.split('\n');
          expect(lines.length).toBeLessThanOrEqual(rows - 1);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          expect(frame.replace(/\u001B\[[\d;]*m/g, '')).not.toMatch(/[\u001B\u202E]/);
        };
        check(await waitFor('2.2 Every table'));
        for (const keys of [
          ['<enter>'],
          ['<esc>', 'b'],
          ['<esc>', 's'],
          ['<esc>', '?'],
          ['<esc>', 'e'],
          ['<esc>', 'w'],
        ]) {
          const before = await waitFor(() => true);
          press(...keys);
          check(await waitFor((frame) => frame !== before));
        }
      });
    }
  }

  test('below 40×12 one line says so, and it comes back', async () => {
    const { waitFor, resize } = await onTables();
    resize(39, 24);
    await waitFor(/^39×24 is too small/);
    resize(80, 24);
    await waitFor('2.2 Every table');
  });

  test('10,000 findings: a key is drawn within a frame', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => finding('cascade-on-records', `t${index}`));
    const controller = new MemoryController({ answers: { 'cascade-on-records': { findings: many } } });
    const { waitFor, press, wizard } = await onTables({}, controller);
    await waitFor('10,000 findings');
    const times: number[] = [];
    for (let step = 0; step < 100; step++) {
      const before = wizard.place;
      const started = performance.now();
      press(step % 10 === 9 ? '<pgdn>' : 'j');
      expect(wizard.place).not.toBe(before);
      await new Promise((resolve) => setImmediate(resolve));
      times.push(performance.now() - started);
    }
    times.sort((a, b) => a - b);
    // The bench holds the real figure against the built program; here only a gross slip fails.
    expect(times[94]).toBeLessThan(500);
  });
});
