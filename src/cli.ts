import { Command, CommanderError, Option } from 'commander';
import type { AuditOptions, CheckOptions } from './commands/options.ts';
import { EXIT, UserError } from './core/errors.ts';
import { printable } from './core/text.ts';

declare const __VERSION__: string;
const VERSION = typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0';

/** How migrations are replayed: beside a live database, or as what is audited. */
function replayOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--default-grants <regime>',
        'grants of new tables in the replay (default: auto, by each migration’s date)',
      ).choices(['auto', 'legacy', 'closed']),
    )
    .option('--shadow-url <url>', 'a throw-away PostgreSQL of yours for the replay, or env:NAME (default: embedded)');
}

/** Options that say which database, repository and audit is meant; the same on every command. */
function auditOptions(command: Command): Command {
  return replayOptions(command)
    .option('--db-url <url>', 'connection string of the database, or env:NAME (also: SUPAREADY_DB_URL)')
    .option(
      '--api-url <url>',
      'address of the project’s API (also: SUPAREADY_API_URL; its key: SUPAREADY_PUBLISHABLE_KEY)',
    )
    .option('--env <name>', 'environment: one of the configuration, or the name for --db-url')
    .addOption(
      new Option('--kind <kind>', 'what the environment is').choices([
        'development',
        'preview',
        'staging',
        'production',
      ]),
    )
    .option('--repo <dir>', 'the project’s repository (default: here, when it looks like one)')
    .option('--migrations <dir>', 'folder of the migrations, relative to the repository')
    .option('--from-migrations', 'replay the repository’s migrations into an embedded PostgreSQL and audit that')
    .option('--config <file>', 'configuration file (default: supaready.config.json, here or above)')
    .option('--audit <id>', 'the audit to go on with, or latest (default: the latest that fits)')
    .option('--new', 'start a new audit')
    .option('--state-dir <dir>', 'where .supaready/ lives (default: the repository, else here)');
}

const PROBE_HELP =
  'agree to a probe that asks for consent, e.g. amcheck; may be given several times, and is recorded with your name';

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The exit code of the command that ran. */
let exitCode: number = EXIT.ok;

/** A commander action whose result is the exit code. */
function act<A extends unknown[]>(command: (...args: A) => Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    exitCode = await command(...args);
  };
}

/** `supaready` without a command: the wizard. */
function wizard(): Command {
  const program = new Command('supaready')
    .description('Is this Supabase project ready for production users? Checkpoint by checkpoint, with evidence.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(`supaready --help` lists commands and options)')
    .enablePositionalOptions()
    .exitOverride();
  return auditOptions(program)
    .option('--allow-probe <name>', PROBE_HELP, collect)
    .option('--screen-reader', 'linear output: one question after the other')
    .action(
      act(async (options: AuditOptions) => (await import('./commands/wizard.ts')).wizardCommand(options, VERSION)),
    );
}

/** The wizard and every command beside it. */
function build(): Command {
  const program = wizard().configureOutput({ writeErr: (text) => process.stderr.write(text) });

  replayOptions(program.command('demo'))
    .description('the wizard on an embedded Supabase project with planted defects')
    .option('--fixed', 'the same project without the defects')
    .option('--fresh', 'start anew; otherwise an earlier walk is resumed')
    .option('--dir <dir>', 'where the demo lives')
    .option('--screen-reader', 'linear output')
    .option('--check', 'print the result instead of opening the wizard')
    .action(act(async (options) => (await import('./commands/demo-command.ts')).demoCommand(options, VERSION)));

  auditOptions(program.command('check'))
    .description('run the checks without a person; the gate is the exit code (0 holds, 1 does not, 2 usage, 3 unknown)')
    .argument('[selector...]', 'section (4), checkpoint (4.1), sub-item (2.2c), check id or glob (rls-*)')
    .addOption(
      new Option('--format <format>', 'output on stdout').choices(['table', 'json', 'markdown']).default('table'),
    )
    .option('--allow-probe <name>', PROBE_HELP, collect)
    .option('--no-save', 'keep nothing: the audit lives in a temporary folder and is removed')
    .option('--no-findings', 'table: leave the single findings out')
    .action(
      act(async (selectors: string[], options: CheckOptions) =>
        (await import('./commands/check.ts')).checkCommand(selectors, options, VERSION),
      ),
    );

  auditOptions(program.command('status'))
    .description('where the audit stands, what blocks, what has gone stale')
    .addOption(
      new Option('--format <format>', 'output on stdout').choices(['table', 'json', 'markdown']).default('table'),
    )
    .option('--findings', 'list the findings too')
    .option('--matrix', 'print the sign-off matrix')
    .action(act(async (options) => (await import('./commands/status.ts')).statusCommand(options, VERSION)));

  auditOptions(program.command('attest'))
    .description('answer a checkpoint’s question, or stand in by hand for a check that cannot run')
    .argument('<checkpoint>', 'e.g. 4.1')
    .option('--question <id>', 'the question; asked for when there are several')
    .option('--covers <check>', 'the skipped or failed-to-run check this stands in for (needs --evidence)')
    .option('--answer <text>', 'the answer')
    .addOption(new Option('--status <status>', 'what the answer says').choices(['passed', 'failed', 'na']))
    .option('--evidence <file-or-link...>', 'files or links somebody else can look at')
    .option('--by <person>', '"Name <e-mail>" (default: your preferences, then git)')
    .action(
      act(async (checkpoint: string, options) =>
        (await import('./commands/acts.ts')).attestCommand(checkpoint, options, VERSION),
      ),
    );

  auditOptions(program.command('waive'))
    .description('accept a finding for a time: reason, risk, compensating control, owner')
    .argument('<fingerprint>', 'at least its first six characters')
    .option('--reason <text>')
    .option('--risk <text>', 'what can happen')
    .option('--compensating <text>', 'what holds the risk down meanwhile')
    .option('--owner <name>', 'who puts it right')
    .option('--days <n>', 'how long it holds, 90 at most')
    .option('--acknowledge [note]', 'medium findings: acknowledge instead of waiving')
    .option('--by <person>', '"Name <e-mail>"')
    .action(
      act(async (fingerprint: string, options) =>
        (await import('./commands/acts.ts')).waiveCommand(fingerprint, options, VERSION),
      ),
    );

  auditOptions(program.command('approve'))
    .description('agree, as a second person, to a waiver, an attestation or the sign-off')
    .argument('<id>')
    .option('--by <person>', '"Name <e-mail>"')
    .action(
      act(async (id: string, options) => (await import('./commands/acts.ts')).approveCommand(id, options, VERSION)),
    );

  auditOptions(program.command('revoke'))
    .description('take an attestation, waiver, acknowledgement, approval or sign-off back')
    .argument('<id>')
    .option('--reason <text>')
    .option('--by <person>', '"Name <e-mail>"')
    .action(
      act(async (id: string, options) => (await import('./commands/acts.ts')).revokeCommand(id, options, VERSION)),
    );

  auditOptions(program.command('sign'))
    .description('sign the audit off, once sections 1 to 6 are satisfied')
    .option('--statement <text>')
    .option('--by <person>', '"Name <e-mail>"')
    .action(act(async (options) => (await import('./commands/acts.ts')).signCommand(options, VERSION)));

  program
    .command('explain')
    .description('what a check or checkpoint looks at, why, how to mend it, known false alarms, source')
    .argument('[id]')
    .action(
      act(async (id?: string) => {
        const [{ explain }, { checklist }] = await Promise.all([
          import('./commands/explain.ts'),
          import('./steps/checklist.ts'),
        ]);
        process.stdout.write(explain(checklist, id));
        return EXIT.ok;
      }),
    );

  auditOptions(program.command('fix'))
    .description('print a finding’s fix; nothing is run')
    .argument('<fingerprint>')
    .option('--migration', 'write it as a new migration file')
    .action(
      act(async (fingerprint: string, options) =>
        (await import('./commands/fix.ts')).fixCommand(fingerprint, options, VERSION),
      ),
    );

  auditOptions(program.command('access'))
    .description('who can do what, tried in a copy of the replayed migrations, compared with supaready.access.json')
    .option('--propose', 'print what was observed as a contract')
    .option('--write', 'write that as supaready.access.json, for a person to read and approve')
    .option('--pgtap', 'print the cases of the contract as a pgTAP file')
    .option('--suggest <table>', 'the tightest policies that still pass the contract, as SQL: tried, not guessed')
    .option('--exposure', 'say in plain words who reaches what, from grants, policies and every way round them')
    .addOption(new Option('--format <format>', 'of --exposure').choices(['table', 'json']).default('table'))
    .action(act(async (options) => (await import('./commands/access.ts')).accessCommand(options)));

  auditOptions(program.command('bundle'))
    .description('write the evidence bundle for somebody else to verify')
    .option('--out <dir>', 'where to (default: here)')
    .option('--handoff <person>', 'they go on with the audit: from then on it can only be looked at here')
    .action(act(async (options) => (await import('./commands/bundle.ts')).bundleCommand(options, VERSION)));

  program
    .command('verify')
    .description('check a bundle offline: complete, unchanged, and its verdicts follow from its snapshot')
    .argument('<bundle>', 'the .tar, or the unpacked folder')
    .option('--require-ready', 'also fail unless its decision is ready, and follows from its facts')
    .option('--require-signed', 'also fail unless a person has signed that decision off, and it still stands')
    .addOption(new Option('--format <format>', 'output on stdout').choices(['table', 'json']).default('table'))
    .action(
      act(async (bundle: string, options) =>
        (await import('./commands/bundle.ts')).verifyCommand(bundle, options, VERSION),
      ),
    );

  program
    .command('import')
    .description('take over the audit that a bundle holds, and go on with it here')
    .argument('<bundle>', 'the .tar, or the unpacked folder')
    .option('--repo <dir>', 'the project’s repository')
    .option('--state-dir <dir>', 'where .supaready/ lives')
    .action(
      act(async (bundle: string, options) =>
        (await import('./commands/import.ts')).importCommand(bundle, options, VERSION),
      ),
    );

  auditOptions(program.command('doctor'))
    .description('what this machine, the credentials and the targets allow, and what will be skipped')
    .addOption(new Option('--format <format>', 'output on stdout').choices(['table', 'json']).default('table'))
    .action(act(async (options) => (await import('./commands/doctor.ts')).doctorCommand(options, VERSION)));

  program
    .command('init')
    .description('a few questions, then supaready.config.json; secrets only as references')
    .option('--repo <dir>', 'the project’s repository', '.')
    .option('--project <name>')
    .option('--env <name>', 'name of the first environment')
    .addOption(new Option('--kind <kind>').choices(['development', 'preview', 'staging', 'production']))
    .option('--database <reference>', 'env:NAME, keychain:NAME or prompt')
    .option('--force', 'overwrite an existing file')
    .action(act(async (options) => (await import('./commands/init.ts')).initCommand(options)));

  program
    .command('unlock')
    .description('remove the lock of a terminal that no longer runs')
    .argument('<lock-id>', 'as the refusal shows it')
    .option('--repo <dir>', 'the project’s repository')
    .option('--state-dir <dir>', 'where .supaready/ lives')
    .action(
      act(async (lockId: string, options) => (await import('./commands/unlock.ts')).unlockCommand(lockId, options)),
    );

  program
    .command('journal')
    .description('mend a damaged journal')
    .command('repair')
    .description(
      'end a damaged journal after its last intact entry; what is cut off is kept aside, and said in the journal',
    )
    .requiredOption('--truncate-at <n>', 'number of the last intact entry, as the refusal names it')
    .option('--audit <id>', 'the audit, or latest (default)')
    .option('--repo <dir>', 'the project’s repository')
    .option('--state-dir <dir>', 'where .supaready/ lives')
    .action(act(async (options) => (await import('./commands/journal.ts')).repairCommand(options)));

  program
    .command('docs', { hidden: true })
    .option('--check', 'compare only')
    .action(
      act(async (options: { check?: boolean }) => {
        const [{ generateDocs }, { checklist }, { packageRoot }] = await Promise.all([
          import('./commands/docs.ts'),
          import('./steps/checklist.ts'),
          import('./commands/package-root.ts'),
        ]);
        const differing = generateDocs(checklist, packageRoot(), options.check === true);
        for (const path of differing) process.stderr.write(`${options.check ? 'differs' : 'written'}: ${path}\n`);
        return options.check && differing.length > 0 ? EXIT.notReady : EXIT.ok;
      }),
    );
  return program;
}

/** Runs the wizard where nothing but its own options is said: declaring all other commands would only keep it from the screen. */
async function startsWizard(): Promise<boolean> {
  try {
    await wizard()
      .helpOption(false)
      .configureOutput({ writeErr: () => {}, outputError: () => {} })
      .parseAsync();
    return true;
  } catch (error) {
    // A command, a call for help or a mistake: the whole command line has the say.
    if (error instanceof CommanderError && error.exitCode !== EXIT.ok) return false;
    throw error;
  }
}

/** Says what went wrong and what to do next; a stack trace only for a fault of ours. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UserError) {
    process.stderr.write(`supaready: ${printable(error.message)}\n  → ${printable(error.next)}  [${error.code}]\n`);
    return error.exitCode;
  }
  const { name, message, stack } = error as Error;
  if (name === 'ExitPromptError' || name === 'AbortPromptError') {
    process.stderr.write('supaready: interrupted; everything answered so far is saved\n');
    return EXIT.interrupted;
  }
  process.stderr.write(`supaready: unexpected failure: ${printable(message ?? String(error))}\n`);
  if (process.env.SUPAREADY_DEBUG) process.stderr.write(`${printable(stack ?? '', { multiline: true })}\n`);
  else process.stderr.write('  → please report it; SUPAREADY_DEBUG=1 shows where it happened\n');
  return EXIT.unknown;
}

/** Runs the command line; the exit code is what the command returns. */
async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.ok);
  });
  try {
    if (!(await startsWizard())) await build().parseAsync();
  } catch (error) {
    exitCode = report(error);
  }
  process.exitCode = exitCode;
}

await main();
