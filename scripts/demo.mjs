// `npm run demo [-- --fixed …]`: makes the clone ready, then hands the terminal to the wizard on the demo project.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ready } from './ready.mjs';

ready();
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const { status, signal } = spawnSync(process.execPath, [cli, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(signal ? 130 : (status ?? 3));
