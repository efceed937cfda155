import * as z from 'zod';
import { fixSchema, locationSchema } from '../core/finding.ts';
import type { GateCheckpoint, GateFinding } from '../core/gate.ts';
import { gateCheckpoints } from '../core/gate.ts';
import { objectSchema } from '../core/object.ts';
import { checkStatusSchema, severitySchema } from '../core/severity.ts';
import type { AuditView } from '../engine/controller.ts';

const cell = z.enum(['✔', '✖', '–']);

/** The machine-readable result of `check` and `status` (DESIGN.md §6). Published as schemas/check.schema.json. */
export const checkReportSchema = z.object({
  schema: z.literal('supaready.check/v1'),
  tool: z.object({ name: z.literal('supaready'), version: z.string() }),
  auditId: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  environments: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      source: z.enum(['live', 'from-migrations']),
      serverVersion: z.string().nullable(),
      skippedCredentials: z.array(z.string()),
    }),
  ),
  checkpoints: z.array(
    z.object({
      id: z.string(),
      section: z.int(),
      title: z.string(),
      state: z.enum(['satisfied', 'blocked', 'waiting', 'stale', 'locked']),
      checks: z.array(
        z.object({
          id: z.string(),
          environment: z.string(),
          status: z.union([checkStatusSchema, z.literal('not-run')]),
          reason: z.string().nullable(),
          lookedAt: z.string().nullable(),
          findings: z.int(),
          ms: z.number(),
        }),
      ),
      attestations: z.array(
        z.object({
          id: z.string(),
          required: z.boolean(),
          state: z.enum(['missing', 'given', 'failed', 'stale', 'awaiting-approval']),
        }),
      ),
    }),
  ),
  findings: z.array(
    z.object({
      fingerprint: z.string(),
      check: z.string(),
      aliases: z.array(z.string()),
      checkpoint: z.string(),
      severity: severitySchema,
      environment: z.string(),
      object: objectSchema,
      message: z.string(),
      detail: z.string().nullable(),
      fix: fixSchema,
      location: locationSchema.nullable(),
      evidence: z.array(z.object({ file: z.string(), sha256: z.string() })),
      state: z.enum(['open', 'waived', 'acknowledged']),
    }),
  ),
  matrix: z.array(
    z.object({
      environment: z.string(),
      schema: z.string(),
      table: z.string(),
      Schema: cell,
      RLS: cell,
      Indexes: cell,
      Seed: cell,
      Monitoring: cell,
    }),
  ),
  gate: z.object({ decision: z.enum(['ready', 'ready-with-waivers', 'blocked']), blocking: z.array(z.string()) }),
});
export type CheckReport = z.infer<typeof checkReportSchema>;

export interface CheckReportInput {
  view: AuditView;
  version: string;
  startedAt: string;
  endedAt: string;
  /** PostgreSQL version by environment, where a database answered. */
  serverVersions: Readonly<Record<string, string>>;
  /** Credentials that were not given, by environment. */
  skippedCredentials: Readonly<Record<string, readonly string[]>>;
  /** Ids of the checks asked for; null = all. */
  selected: ReadonlySet<string> | null;
}

/** Builds the report. Checkpoints without a selected check are left out; the gate is always the whole audit's. */
export function checkReport(input: CheckReportInput): CheckReport {
  const { view, selected } = input;
  const { state, gate, checklist } = view;
  const aliases = new Map(
    checklist.sections.flatMap((section) =>
      section.checkpoints.flatMap((one) => one.checks.map((check) => [check.id, check.aliases ?? []] as const)),
    ),
  );
  const wanted = (check: string) => selected === null || selected.has(check);
  const checkpoints = gateCheckpoints(gate).filter(
    (checkpoint) => selected === null || checkpoint.checks.some((check) => wanted(check.id)),
  );
  return {
    schema: 'supaready.check/v1',
    tool: { name: 'supaready', version: input.version },
    auditId: state.auditId,
    startedAt: input.startedAt,
    endedAt: input.endedAt,
    environments: state.environments.map(({ name, kind, source }) => ({
      name,
      kind,
      source,
      serverVersion: input.serverVersions[name] ?? null,
      skippedCredentials: [...(input.skippedCredentials[name] ?? [])],
    })),
    checkpoints: checkpoints.map((checkpoint) => ({
      id: checkpoint.id,
      section: checkpoint.section,
      title: checkpoint.title,
      state: checkpoint.state,
      checks: checkpoint.checks
        .filter((check) => wanted(check.id))
        .map(({ id, environment, status, reason, lookedAt, findings, ms }) => ({
          id,
          environment,
          status,
          reason,
          lookedAt,
          findings: findings.length,
          ms,
        })),
      attestations: checkpoint.attestations.map(({ id, required, state: given }) => ({ id, required, state: given })),
    })),
    findings: checkpoints.flatMap((checkpoint) => findingsOf(checkpoint, wanted, aliases, view)),
    matrix: view.matrix.map((row) => ({ ...row })),
    gate: { decision: gate.decision, blocking: [...gate.blocking] },
  };
}

function findingsOf(
  checkpoint: GateCheckpoint,
  wanted: (check: string) => boolean,
  aliases: ReadonlyMap<string, readonly string[]>,
  view: AuditView,
): CheckReport['findings'] {
  return checkpoint.checks
    .filter((check) => wanted(check.id))
    .flatMap((check) =>
      check.findings.map((finding) => ({
        finding,
        facets: view.state.results[check.environment]?.[check.id]?.facets ?? {},
      })),
    )
    .map(({ finding, facets }: { finding: GateFinding; facets: Readonly<Record<string, string>> }) => ({
      fingerprint: finding.fingerprint,
      check: finding.check,
      aliases: [...(aliases.get(finding.check) ?? [])],
      checkpoint: checkpoint.id,
      severity: finding.severity,
      environment: finding.environment,
      object: finding.object,
      message: finding.message,
      detail: finding.detail,
      fix: finding.fix,
      location: finding.location,
      evidence: Object.values(facets).map((sha256) => ({ file: `blobs/sha256/${sha256}`, sha256 })),
      state: finding.state,
    }));
}
