// Child of replay.ts: one replay as an audit makes it, in a process of its own; its cost as JSON.
import { replayMigrations } from '../../src/facts/shadow/replay.ts';

const [admin = '', postgres = '', root = '', watched = ''] = process.argv.slice(2);
const cpu = process.cpuUsage();
const started = performance.now();
const { failures } = await replayMigrations({
  server: { url: (_database, user) => (user === 'supabase_admin' ? admin : postgres) },
  database: decodeURIComponent(new URL(admin).pathname.slice(1)),
  root,
  keepGoing: true,
  unwatched: watched === 'unwatched',
});
const wall = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ wall, client: (user + system) / 1000, server: 0, failed: failures.length }));
