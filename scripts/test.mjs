// `npm test`: makes the clone ready, runs Vitest, names every skipped test, and closes with the counts that Vitest's own
// JSON report holds. Exit code is Vitest's; a run that executed no test fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ready } from './ready.mjs';

ready();
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'supaready-test-'));
const report = join(folder, 'report.json');
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);

let results;
try {
  results = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  process.stderr.write('supaready: Vitest wrote no report; see its output above\n');
  process.exit(status || 3);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const tests = results.testResults.flatMap((file) => file.assertionResults);
const skipped = tests.filter((test) => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status));
const passed = tests.filter((test) => test.status === 'passed').length;
// A file that fails before its first test has no assertion results, yet it failed.
const brokenFiles = results.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
).length;
const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles;
if (skipped.length > 0) {
  process.stdout.write('\nSkipped on this machine:\n');
  for (const test of skipped) process.stdout.write(`  - ${test.fullName}\n`);
}
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
process.exit(status || (passed === 0 ? 1 : 0));
