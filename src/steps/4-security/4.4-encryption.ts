import type { Check, Checkpoint } from '../../core/check.ts';
import { clientTls } from './4.4-encryption/client-tls.ts';
import { columnEncryption } from './4.4-encryption/column-encryption.ts';
import { dbCertificate } from './4.4-encryption/db-certificate.ts';
import { httpsEdge } from './4.4-encryption/https-edge.ts';
import { networkRestrictions } from './4.4-encryption/network-restrictions.ts';
import { plaintextClients } from './4.4-encryption/plaintext-clients.ts';
import { sensitiveColumnsExposed } from './4.4-encryption/sensitive-columns-exposed.ts';
import { sslEnforced } from './4.4-encryption/ssl-enforced.ts';

export const checkpoint: Checkpoint<Check> = {
  id: '4.4',
  title: 'Secrets are unreadable on the way and at rest',
  intent:
    'Supabase encrypts disks and offers TLS; whether clients use it, and whether credentials stand in tables in the clear, is the project’s own choice.',
  source: 'CATALOGUE 4.4; Supabase, Shared responsibility model; splinter lint 0023',
  checks: [
    sensitiveColumnsExposed,
    columnEncryption,
    clientTls,
    plaintextClients,
    sslEnforced,
    dbCertificate,
    networkRestrictions,
    httpsEdge,
  ],
  attestations: [
    {
      id: 'encrypted-columns',
      question: 'Which columns need encryption beyond the disk’s, and by which law or contract?',
      hint: 'Name column and reason (PCI DSS, HIPAA, GDPR Art. 9 …), and how each is encrypted. “None” is an answer.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['columns'],
    },
  ],
};
