import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

const EVERYBODY = new Set(['0.0.0.0/0', '::/0']);

export const networkRestrictions = defineCheck({
  id: 'network-restrictions',
  rev: 1,
  title: 'Only known addresses reach the database',
  why: 'A password that leaks is enough for anybody on the internet, as long as anybody may connect.',
  severity: 'medium',
  source:
    'CATALOGUE 4.4 network-restrictions; Supabase docs, “Network Restrictions”; Management API, network-restrictions',
  remedy: 'List the addresses of servers, build machines and offices, and apply the list.',
  falseAlarms:
    'Servers without a fixed address (most serverless hosts) need the whole internet: waive it with that reason. It concerns direct connections and the pooler, not the API.',
  needs: ['platformNetwork'],
  evaluate({ facts }) {
    const network = facts.platformNetwork;
    if (network === null) return notApplicable('no hosted project stands behind this database');
    const open = network.cidrs.filter((cidr) => EVERYBODY.has(cidr));
    const object = objectRef('setting', null, 'network-restrictions');
    const fix = {
      command: `supabase network-restrictions update --project-ref ${network.ref} --db-allow-cidr ADDRESS --experimental`,
      url: `https://supabase.com/dashboard/project/${network.ref}/database/settings`,
    };
    if (open.length > 0 || network.cidrs.length === 0)
      return evaluated(1, 'setting', [
        {
          object,
          message: `anybody on the internet may connect to the database with a password${network.allowed ? '' : '; the plan of the project allows no restriction'}`,
          detail: `The Management API gives ${open.length > 0 ? open.join(' and ') : 'no restriction'}.`,
          fix,
        },
      ]);
    if (!network.applied)
      return evaluated(1, 'setting', [
        {
          object,
          message: 'network restrictions are stored and not in force',
          detail: 'The Management API gives a status other than applied.',
          fix,
          discriminator: 'not applied',
        },
      ]);
    return evaluated(1, 'setting', []);
  },
});
