import { expect, test } from 'vitest';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { ensureBaseline } from '../../src/facts/shadow/baseline.ts';
import { debianPostgres15, runScript } from '../helpers/database.ts';
import { BROKEN, TABLES } from './functions-broken.ts';
import { CLEAN } from './functions-clean.ts';

test('plpgsql_check of the live server is asked within the read-only transaction', async ({ skip }) => {
  const server = await debianPostgres15();
  if (!server) return skip();
  try {
    for (const name of ['broken', 'clean']) await server.createDatabase(name, await ensureBaseline(server));
    const install = 'create schema if not exists extensions; create extension plpgsql_check schema extensions;';
    const available = await runScript(
      server.url('broken'),
      server.url('broken', 'supabase_admin'),
      `-- as supabase_admin\n${install}`,
    ).then(
      () => true,
      () => false,
    );
    if (!available) return skip();
    await runScript(server.url('clean'), server.url('clean', 'supabase_admin'), `-- as supabase_admin\n${install}`);
    const extensions = 'create extension if not exists pg_cron; create extension if not exists pg_net;';
    await runScript(server.url('broken'), '', `${extensions}${TABLES}${BROKEN.map(({ sql }) => sql).join('\n')}`);
    await runScript(server.url('clean'), '', `${extensions}${TABLES}${Object.values(CLEAN).join('\n')}`);
    const report = async (database: string) => {
      const facts = await collectCatalogue({ url: server.url(database), names: ['plpgsqlCheckLive', 'functions'] });
      const fact = facts.plpgsqlCheckLive;
      if (fact?.status !== 'ok') throw new Error(fact?.reason ?? 'nothing was collected');
      return fact.value;
    };
    const found = new Set(
      (await report('broken'))?.issues.filter(({ level }) => level === 'error').map(({ name }) => name),
    );
    expect(BROKEN.filter(({ name, plpgsqlCheck }) => plpgsqlCheck && !found.has(name)).map(({ name }) => name)).toEqual(
      [],
    );
    const silent = (await report('clean'))?.issues.filter(({ level }) => level !== 'warning') ?? [];
    // Stand-ins are taken for the real thing here: a live server has no others.
    expect(
      silent.map(({ name, message }) => `${name}: ${message}`).filter((text) => !text.startsWith('shims')),
    ).toEqual([]);
  } finally {
    await server.stop();
  }
});
