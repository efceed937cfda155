const actions = new Set<() => void>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let installed = false;

function runAll(): void {
  for (const action of [...actions]) {
    actions.delete(action);
    try {
      action();
    } catch {
      // The process is ending; the next action still has to run.
    }
  }
}

/** Where nobody else handles the signal its default is to end the process: we clean up, then let it. Otherwise `exit` comes in time. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  runAll();
  process.removeListener(signal, onSignal);
  process.kill(process.pid, signal);
}

function install(): void {
  if (installed) return;
  installed = true;
  process.on('exit', runAll);
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function uninstall(): void {
  if (!installed || actions.size > 0) return;
  installed = false;
  process.removeListener('exit', runAll);
  for (const signal of SIGNALS) process.removeListener(signal, onSignal);
}

/**
 * Runs a synchronous action when this process ends by itself or by SIGINT, SIGTERM or SIGHUP (not by SIGKILL).
 * Returns the function that takes it back. Handlers are installed only while there is an action.
 */
export function onProcessEnd(action: () => void): () => void {
  actions.add(action);
  install();
  return () => {
    actions.delete(action);
    uninstall();
  };
}
