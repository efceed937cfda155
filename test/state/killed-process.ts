// Opens an audit and appends until it is killed; prints each entry's number and mark once the append has returned.
import { writeSync } from 'node:fs';
import { openAudit } from '../../src/state/store.ts';

const [directory = '', round = '0'] = process.argv.slice(2);
const store = openAudit(directory, { mode: 'write' });
writeSync(1, 'open\n');
for (let index = 0; ; index += 1) {
  const mark = `${round}-${index}-`;
  // From a few bytes to most of a line's limit, so that kills fall into writes of every size.
  const tool = mark + 'x'.repeat(index % 5 === 4 ? 40_000 : (index * 97) % 2_000);
  store.append(
    [{ type: 'session', data: { tool, mode: 'headless', node: process.version } }],
    new Date().toISOString(),
  );
  writeSync(1, `${store.state.seq} ${mark}\n`);
}
