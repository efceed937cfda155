import { UserError } from '../../core/errors.ts';
import type { AuditController } from '../../engine/controller.ts';
import { handOver } from '../handover.ts';
import { isDumb } from '../mode.ts';
import type { WizardEnd } from '../terminal.ts';
import { Wizard, type WizardOptions } from '../wizard.ts';
import { dumbAsk, promptAsk } from './ask.ts';
import { PlainWalk } from './walk.ts';

/** The wizard as lines, for screen readers, dumb and tiny terminals: append-only, numbered, nothing is ever redrawn. */
export async function runPlain(controller: AuditController, options: WizardOptions): Promise<WizardEnd> {
  const { stdin, stdout } = process;
  await handOver(stdin);
  const size = { columns: Math.max(40, stdout.columns || 80), rows: stdout.rows || 24 };
  const wizard = new Wizard(controller, options, size, () => {});
  const ask = isDumb(process.env) ? dumbAsk(stdin, stdout) : promptAsk();
  const walk = new PlainWalk(wizard, ask, (text) => stdout.write(`${text}\n`));
  try {
    await walk.run(options.initial);
    return { exitCode: controller.view().gate.decision === 'blocked' ? 1 : 0 };
  } catch (error) {
    if (error instanceof UserError && error.code === 'interrupted') return { exitCode: 130 };
    throw error;
  } finally {
    await handOver(stdin);
    stdin.pause();
    stdin.unref();
  }
}
