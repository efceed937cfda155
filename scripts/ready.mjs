// Makes a fresh clone ready: installs the locked dependencies when they are missing or older than the lock file, and
// builds dist/ when a source is newer. Called by the npm scripts, so that each works right after `git clone`.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(`supaready: \`${command} ${args.join(' ')}\` failed (see above)\n`);
    process.exit(3);
  }
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(`${path}/${name}`)), 0);
}

export function ready() {
  const stamp = `${root}node_modules/.package-lock.json`;
  if (!existsSync(stamp) || statSync(stamp).mtimeMs < statSync(`${root}package-lock.json`).mtimeMs - 1000) {
    if (lstatSync(`${root}node_modules`, { throwIfNoEntry: false })?.isSymbolicLink()) {
      // `npm ci` empties what the link points to: another checkout's dependencies.
      process.stderr.write(
        'supaready: node_modules is a link to another folder, and not what package-lock.json asks for\n',
      );
      process.stderr.write('  → Remove the link and run this again: the dependencies are then installed here\n');
      process.exit(3);
    }
    process.stderr.write('supaready: installing dependencies (once) …\n');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  const built = `${root}dist/cli.js`;
  if (
    !existsSync(built) ||
    statSync(built).mtimeMs < Math.max(newest(`${root}src`), newest(`${root}scripts`), newest(`${root}package.json`))
  ) {
    process.stderr.write('supaready: building …\n');
    run(process.execPath, ['scripts/build.mjs']);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ready();
