import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Facts } from '../../core/facts.ts';
import { printable } from '../../core/text.ts';

export type Certificate = NonNullable<NonNullable<Facts['databaseTls']>['tls']>['certificate'];

/** SHA-256 of “Supabase Root 2021 CA” (the certificate of Database → Settings → SSL Configuration, prod-ca-2021.crt). */
const SUPABASE_ROOT = '80:70:25:AD:50:D4:ED:21:9D:2C:9C:7D:29:9C:00:4F:82:4E:B0:0C:F7:F6:5A:FE:F6:07:D0:7B:72:E6:CA:FA';
const MAX_CHAIN = 10;

/** The certificates the server sent, leaf first. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: PeerCertificate & { issuerCertificate?: PeerCertificate } = socket.getPeerCertificate(true);
  while (next?.raw && chain.length < MAX_CHAIN) {
    const certificate = new X509Certificate(next.raw);
    if (chain.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    next = next.issuerCertificate as PeerCertificate;
  }
  return chain;
}

const isSelfSigned = (certificate: X509Certificate) => certificate.verify(certificate.publicKey);

/** Each certificate signed by the next, and the last one is Supabase's root. */
function isSupabases(chain: readonly X509Certificate[]): boolean {
  const root = chain.at(-1);
  return (
    chain.length > 1 &&
    root?.fingerprint256 === SUPABASE_ROOT &&
    chain.every((certificate, at) => certificate.verify((chain[at + 1] ?? certificate).publicKey))
  );
}

/** `CN` of a distinguished name, else the whole of it. */
function nameIn(name: string): string {
  return printable(/^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', '));
}

/**
 * What the server's certificate says. The socket verified the chain itself without insisting on it: against `named`
 * authorities when the caller gave some, else against those that Node.js brings along.
 */
export function certificateOf(socket: TLSSocket, host: string, named: boolean): Certificate {
  const chain = chainOf(socket);
  const [leaf] = chain;
  if (!leaf) throw new Error('the server sent no certificate');
  const error = socket.authorizationError as unknown as string | { code?: string } | undefined;
  const problem = socket.authorized ? null : String(typeof error === 'object' ? (error.code ?? 'unknown') : error);
  const trust =
    problem === null
      ? named
        ? 'named'
        : 'public'
      : isSupabases(chain)
        ? 'supabase'
        : isSelfSigned(leaf)
          ? 'self-signed'
          : 'private';
  return {
    subject: nameIn(leaf.subject),
    issuer: nameIn(leaf.issuer),
    validTo: new Date(leaf.validTo).toISOString(),
    trust,
    problem,
    hostMatches: checkServerIdentity(host, socket.getPeerCertificate()) === undefined,
  };
}
