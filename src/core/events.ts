import * as z from 'zod';
import { facetStatusSchema } from './facts.ts';
import { checkResultSchema } from './finding.ts';
import { checkStatusSchema, severitySchema } from './severity.ts';

/*
 * The journal's entries (EVIDENCE.md §1). Everything that ever happened in an audit is one of these; state, screens and
 * reports are folded from them. Large values are blobs, named by digest.
 */

const iso = z.string();
const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
export const blobRefSchema = z.object({ sha256: hex64, bytes: z.int().min(0) });
export type BlobRef = z.infer<typeof blobRefSchema>;

export const environmentKindSchema = z.enum(['development', 'preview', 'staging', 'production']);
const environmentSchema = z.object({
  name: z.string(),
  kind: environmentKindSchema,
  source: z.enum(['live', 'from-migrations']),
  /** host:port/database, never a credential; null when replayed from migrations. */
  target: z.string().nullable(),
});

export const personSchema = z.object({
  name: z.string().min(1),
  email: z.string().nullable(),
  role: z.string().nullable(),
});
export type Person = z.infer<typeof personSchema>;

export const evidenceFileSchema = z.object({
  /** File name as attached, or the link. */
  file: z.string(),
  /** Digest of the blob; null for a link. */
  sha256: hex64.nullable(),
  caption: z.string(),
});

/** What an entry of each type holds; built when the first such entry is met, since a journal has few of the types. */
const declared = {
  genesis: () =>
    z.object({
      auditId: z.string(),
      /** 128 random bits, hex: entries of two audits can never be mixed. */
      nonce: z.string(),
      project: z.string(),
      checklist: z.object({ version: z.string(), sha256: hex64 }),
      environments: z.array(environmentSchema).min(1),
      /** Path of the repository as given, or null. */
      repository: z.string().nullable(),
    }),
  session: () => z.object({ tool: z.string(), mode: z.enum(['wizard', 'plain', 'headless']), node: z.string() }),
  snapshot: () =>
    z.object({
      snapshotId: hex64,
      environment: z.string(),
      source: z.enum(['live', 'from-migrations']),
      takenAt: iso,
      durationMs: z.number(),
      facets: z.record(
        z.string(),
        z.object({
          status: facetStatusSchema,
          sha256: hex64.nullable(),
          reason: z.string().nullable(),
          hidden: z.array(z.string()),
        }),
      ),
    }),
  'check.run': () =>
    z.object({
      environment: z.string(),
      snapshotId: hex64,
      /** Blob: JSON array of CheckResult. */
      results: blobRefSchema,
      /** Overridden parameters in force, by check id. */
      parameters: z.record(
        z.string(),
        z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.string())])),
      ),
      summary: z.array(
        z.object({ check: z.string(), rev: z.int(), status: checkStatusSchema, findings: z.int(), ms: z.number() }),
      ),
    }),
  attest: () =>
    z.object({
      id: z.string(),
      checkpoint: z.string(),
      /** Id of the checkpoint's question; null when it is a manual attestation in place of a check that could not run. */
      attestation: z.string().nullable(),
      /** The skipped or failed-to-run check it stands in for. */
      covers: z.object({ check: z.string(), environment: z.string() }).nullable(),
      status: z.enum(['passed', 'failed', 'na']),
      /** The question as asked. */
      statement: z.string(),
      answer: z.string(),
      by: personSchema,
      expiresAt: iso,
      /** Digests of the facts it is given over, by environment. */
      binds: z.record(z.string(), z.record(z.string(), z.string())),
      evidence: z.array(evidenceFileSchema),
    }),
  waive: () =>
    z.object({
      id: z.string(),
      fingerprint: hex64,
      environment: z.string(),
      check: z.string(),
      severity: severitySchema,
      reason: z.string().min(1),
      risk: z.string().min(1),
      compensating: z.string().min(1),
      owner: z.string().min(1),
      by: personSchema,
      expiresAt: iso,
    }),
  acknowledge: () =>
    z.object({
      id: z.string(),
      fingerprint: hex64,
      environment: z.string(),
      note: z.string(),
      by: personSchema,
    }),
  /** A second person agrees: to a waiver, an attestation or a sign-off, by its id. */
  approve: () => z.object({ id: z.string(), target: z.string(), by: personSchema }),
  /** Takes back an attestation, waiver, acknowledgement, approval or sign-off. */
  revoke: () => z.object({ target: z.string(), reason: z.string(), by: personSchema }),
  /** A person agreed to one probe on one target. */
  consent: () =>
    z.object({
      probe: z.string(),
      environment: z.string(),
      target: z.string(),
      effect: z.string(),
      by: personSchema,
    }),
  /** A fix applied on a person's word (demo only). */
  fix: () => z.object({ fingerprint: hex64, environment: z.string(), check: z.string(), statements: z.int() }),
  sign: () =>
    z.object({
      id: z.string(),
      decision: z.enum(['ready', 'ready-with-waivers']),
      statement: z.string(),
      by: personSchema,
      /** Digests of all facts at that moment, by environment. */
      snapshots: z.record(z.string(), hex64),
    }),
  export: () => z.object({ bundle: z.string(), sha256: hex64 }),
  handoff: () => z.object({ to: z.string(), bundle: z.string(), sha256: hex64 }),
  import: () => z.object({ bundle: z.string(), sha256: hex64, tier: z.string() }),
  /** A torn last line was set aside. */
  recover: () => z.object({ bytes: z.int(), sha256: hex64 }),
  'checklist.migrate': () => z.object({ from: z.string(), to: z.string(), sha256: hex64 }),
} as const;

export type EventType = keyof typeof declared;
export type EventData<T extends EventType> = z.infer<ReturnType<(typeof declared)[T]>>;

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(declared, type);
}

const built = new Map<EventType, z.ZodType>();

/** The schema of what an entry of that type holds. */
export function eventDataSchema<T extends EventType>(type: T): z.ZodType<EventData<T>> {
  const schema = built.get(type) ?? declared[type]();
  built.set(type, schema);
  return schema as z.ZodType<EventData<T>>;
}

/** A journal entry as the reducer sees it. */
export type AuditEvent = {
  [T in EventType]: { seq: number; at: string; session: string; type: T; data: EventData<T> };
}[EventType];
/** What a command hands to the journal. */
export type NewEvent = { [T in EventType]: { type: T; data: EventData<T> } }[EventType];

export const resultSetSchema = z.array(checkResultSchema);
