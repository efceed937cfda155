import { input } from '@inquirer/prompts';
import { handOver } from '../../src/ui/handover.ts';
import { runWizard } from '../../src/ui/terminal.ts';
import { finding, flawed, MemoryController } from './memory-controller.ts';

/*
 * A program for the terminal tests: the wizard over a made-up audit. Arguments: `before`, `after` (a prompt before or after
 * the wizard), `many` (10,000 findings), `slow` (each check takes a second), `plain`.
 */
const flags = new Set(process.argv.slice(2));

async function main(): Promise<number> {
  const many = Array.from({ length: 10_000 }, (_, index) => finding('cascade-on-records', `t${index}`));
  const controller = new MemoryController({
    answers: flags.has('many') ? { 'cascade-on-records': { findings: many } } : flawed(),
    demo: true,
    ...(flags.has('slow') ? { delay: 1_000 } : {}),
  });
  if (flags.has('before')) {
    const name = await input({ message: 'Your project?' });
    process.stdout.write(`project is ${name}\n`);
  }
  const { exitCode } = await runWizard(controller, {
    resumeCommand: 'supaready --resume made-up',
    person: { name: 'Ada', email: null, role: null },
    savePerson: () => {},
    openUrl: async () => {},
    copy: async () => 'printed',
    screenReader: flags.has('plain'),
    ...(flags.has('many') ? { initial: '2.2' } : {}),
  });
  if (flags.has('after')) {
    await handOver();
    const name = await input({ message: 'Where to?' });
    process.stdout.write(`off to ${name}\n`);
  }
  await controller.close();
  return exitCode;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, next, exitCode } = error as { message: string; next?: string; exitCode?: number };
    process.stderr.write(`${message}\n${next ?? ''}\n`);
    process.exitCode = exitCode ?? 3;
  },
);
