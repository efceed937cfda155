// One comparison of two databases, as a process of its own: reads both catalogues, compares them, prints figures as JSON.
import { loadSqlParser } from '../../src/core/sql.ts';
import { catalogueOf, differences } from '../../test/drift/world.ts';

const [live = '', migrations = ''] = process.argv.slice(2);
await loadSqlParser();
const [here, there] = await Promise.all([catalogueOf(live), catalogueOf(migrations)]);
const found = differences(here, there);
process.stdout.write(JSON.stringify({ differences: found.length, maxRssMiB: process.resourceUsage().maxRSS / 1024 }));
