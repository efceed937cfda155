import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

function openssl(...options: string[]): void {
  const { status, stderr } = spawnSync('openssl', options);
  if (status !== 0) throw new Error(`openssl ${options[0]} failed: ${stderr}`);
}

export interface MadeCertificate {
  key: string;
  certificate: string;
}

/** An authority of the test's own. */
export class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'supaready-authority-'));
  readonly #file = (name: string) => join(this.#folder, name);

  constructor() {
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=Authority of the test'],
      ...['-keyout', this.#file('ca.key'), '-out', this.#file('ca.crt')],
    );
  }

  get path(): string {
    return this.#file('ca.crt');
  }

  get certificate(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** A certificate for a host, good for some days. */
  issue(host: string, days: number): MadeCertificate {
    const [key, request, certificate, names] = ['key', 'csr', 'crt', 'ext'].map((end) =>
      this.#file(`${host}-${days}.${end}`),
    ) as [string, string, string, string];
    writeFileSync(names, `subjectAltName=DNS:${host}`);
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${host}`, '-keyout', key, '-out', request);
    openssl(
      ...['x509', '-req', '-in', request, '-CA', this.path, '-CAkey', this.#file('ca.key'), '-CAcreateserial'],
      ...['-days', String(days), '-extfile', names, '-out', certificate],
    );
    return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  }

  /** A certificate that nobody but its own key signed. */
  selfSigned(host: string): MadeCertificate {
    const [key, certificate] = [this.#file('own.key'), this.#file('own.crt')];
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj', `/CN=${host}`],
      ...['-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', certificate],
    );
    return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  }
}
