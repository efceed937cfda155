import { canonicalJson } from '../core/canonical.ts';
import type { Checklist, Parameters } from '../core/check.ts';
import { checkpointsOf, MATRIX_COLUMNS } from '../core/check.ts';
import type { AuditEvent } from '../core/events.ts';
import type { CollectedFact, Snapshot } from '../core/facts.ts';
import { type Gate, gateCheckpoints } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import type { Policy } from '../core/policy.ts';
import { printable } from '../core/text.ts';
import type { AuditView } from '../engine/controller.ts';
import { renderMarkdown } from '../report/markdown.ts';

/** Sorted keys, two spaces, line feed at the end: the same value is the same bytes. */
export function prettyJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`);
}

/** A cell that no spreadsheet takes for a formula. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${printable(safe).replaceAll('"', '""')}"`;
}

export function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'unnamed'
  );
}

/** What happened, line by line, for a reader without the tool. A projection of the journal. */
export function transcript(events: readonly AuditEvent[]): string {
  return `${events.map((event) => `${event.at}  ${String(event.seq).padStart(5)}  ${printable(describeEvent(event))}`).join('\n')}\n`;
}

function describeEvent(event: AuditEvent): string {
  switch (event.type) {
    case 'genesis':
      return `audit ${event.data.auditId} of ${event.data.project} begins (${event.data.environments.map((one) => `${one.name}: ${one.source} ${one.target ?? ''}`.trim()).join(', ')})`;
    case 'session':
      return `session: ${event.data.tool}, ${event.data.mode}, Node ${event.data.node}`;
    case 'snapshot':
      return `snapshot ${event.data.snapshotId.slice(0, 12)} of ${event.data.environment}: ${Object.keys(event.data.facets).length} fact groups in ${event.data.durationMs} ms`;
    case 'check.run':
      return `checks in ${event.data.environment}: ${event.data.summary.map((one) => `${one.check} ${one.status}${one.findings ? ` (${one.findings})` : ''}`).join(', ')}`;
    case 'attest':
      return `${event.data.by.name} attests ${event.data.checkpoint} ${event.data.attestation ?? `in place of ${event.data.covers?.check}`}: ${event.data.status}: ${event.data.answer}`;
    case 'waive':
      return `${event.data.by.name} waives ${event.data.check} ${event.data.fingerprint.slice(0, 12)} until ${event.data.expiresAt}: ${event.data.reason}`;
    case 'acknowledge':
      return `${event.data.by.name} acknowledges ${event.data.fingerprint.slice(0, 12)}: ${event.data.note}`;
    case 'approve':
      return `${event.data.by.name} approves ${event.data.target}`;
    case 'revoke':
      return `${event.data.by.name} revokes ${event.data.target}: ${event.data.reason}`;
    case 'consent':
      return `${event.data.by.name} consents to ${event.data.probe} on ${event.data.target}`;
    case 'fix':
      return `fix of ${event.data.check} ${event.data.fingerprint.slice(0, 12)} applied in ${event.data.environment}: ${event.data.statements} statements`;
    case 'sign':
      return `${event.data.by.name} signs: ${event.data.decision}: ${event.data.statement}`;
    case 'export':
      return `bundle ${event.data.bundle} written`;
    case 'handoff':
      return `handed to ${event.data.to}: ${event.data.bundle}`;
    case 'import':
      return `imported ${event.data.bundle} (${event.data.tier})`;
    case 'recover':
      return `${event.data.bytes} bytes after the entry before, torn or damaged, were set aside`;
    case 'checklist.migrate':
      return `checklist ${event.data.from} → ${event.data.to}`;
  }
}

export interface ProjectionInput {
  view: AuditView;
  gate: Gate;
  events: readonly AuditEvent[];
  version: string;
  policy: Policy;
  parameters: Readonly<Record<string, Parameters>>;
}

/**
 * The files that follow from journal, snapshot and checklist alone: results, exports, reports, transcript, proposed fixes.
 * `verify` makes them again and compares byte for byte.
 */
export function projections(input: ProjectionInput): Map<string, Buffer> {
  const { view, gate, events, version } = input;
  const { state } = view;
  const files = new Map<string, Buffer>();
  const checkpoints = gateCheckpoints(gate);
  const checks = checkpoints.flatMap((checkpoint) =>
    checkpoint.checks.map((check) => ({ checkpoint: checkpoint.id, check })),
  );
  files.set(
    'results/checkpoints.json',
    prettyJson(
      checkpoints.map(({ checks: inner, ...rest }) => ({
        ...rest,
        checks: inner.map(({ findings, ms: _ms, ...check }) => ({ ...check, findings: findings.length })),
      })),
    ),
  );
  files.set(
    'results/findings.json',
    prettyJson(
      checks.flatMap(({ checkpoint, check }) => check.findings.map((finding) => ({ checkpoint, ...finding }))),
    ),
  );
  files.set('results/attestations.json', prettyJson(state.attestations));
  files.set(
    'results/waivers.json',
    prettyJson({ waivers: state.waivers, acknowledgements: state.acknowledgements, approvals: state.approvals }),
  );
  files.set(
    'results/gate.json',
    prettyJson({
      decision: gate.decision,
      blocking: gate.blocking,
      signed: gate.signed,
      sections: gate.sections.map(({ id, name, state: opened, opensAfter }) => ({
        id,
        name,
        state: opened,
        opensAfter,
      })),
    }),
  );
  const head = ['environment', 'schema', 'table', ...MATRIX_COLUMNS];
  files.set(
    'exports/matrix.csv',
    Buffer.from(
      `${[head, ...view.matrix.map((row) => [row.environment, row.schema, row.table, ...MATRIX_COLUMNS.map((column) => row[column])])].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`,
    ),
  );
  files.set('exports/matrix.json', prettyJson(view.matrix));
  files.set('exports/exposure.json', prettyJson(view.exposure ?? []));
  files.set(
    'report/report.md',
    Buffer.from(renderMarkdown({ ...view, gate, matrix: view.matrix, tables: {} }, version)),
  );
  files.set('logs/transcript.txt', Buffer.from(transcript(events)));
  for (const { check } of checks) {
    for (const finding of check.findings) {
      if (finding.fix.sql === null) continue;
      const text = `-- proposed, never run by supaready\n-- ${finding.severity} ${printable(describeObject(finding.object))}: ${printable(finding.message)}\n${finding.fix.sql.trimEnd()}\n`;
      files.set(`sql/fix/${slug(finding.check)}-${finding.fingerprint.slice(0, 12)}.sql`, Buffer.from(text));
    }
  }
  return files;
}

/** The checklist as audited: what was asked and what was checked, without the code. */
export function checklistRecord(checklist: Checklist): Buffer {
  return prettyJson({
    version: checklist.version,
    checkpoints: checkpointsOf(checklist).map(({ id, title, intent, source, checks, attestations }) => ({
      id,
      title,
      intent,
      source,
      checks: checks.map(({ id: check, rev, title: rule, severity, source: from, aliases }) => ({
        id: check,
        rev,
        title: rule,
        severity,
        source: from,
        aliases: aliases ?? [],
      })),
      attestations: attestations.map(({ id: question, question: text, required, evidence }) => ({
        id: question,
        question: text,
        required,
        evidence,
      })),
    })),
  });
}

/** The facts of one environment, a file for each. */
export function snapshotFiles(snapshot: Snapshot): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const folder = `snapshot/${slug(snapshot.header.environment)}`;
  files.set(`${folder}/header.json`, prettyJson(snapshot.header));
  for (const [name, fact] of Object.entries(snapshot.facts) as [string, CollectedFact][]) {
    if (fact.status === 'ok')
      files.set(
        `${folder}/facts/${slug(name.replace(/[A-Z]/g, (letter) => `-${letter}`))}.json`,
        Buffer.from(canonicalJson(fact.value)),
      );
  }
  return files;
}
