import { findingsOf, type Gate, type GateCheckpoint, gateCheckpoints, gateChecks } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import { counted, printable } from '../core/text.ts';
import type { AuditView } from '../engine/controller.ts';
import type { Exposure } from '../engine/exposure.ts';
import { standInLines } from './stand-ins.ts';
import { ATTESTATION_WORDS, CHECKPOINT_WORDS, statusSaid } from './words.ts';

/** Text from outside inside a Markdown paragraph or table cell: nothing in it can start markup, HTML or a new cell. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A fenced block that its content cannot close. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${printable(text, { multiline: true }).trimEnd()}\n${fence}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function checkpointSection(checkpoint: GateCheckpoint): string[] {
  const { glyph, word } = CHECKPOINT_WORDS[checkpoint.state];
  const lines = [`### ${checkpoint.id} ${escapeMarkdown(checkpoint.title)}`, '', `${glyph} **${word}**`, ''];
  if (checkpoint.checks.length > 0) {
    lines.push(
      row(['check', 'environment', 'status', 'what was looked at, or why not']),
      row(['---', '---', '---', '---']),
    );
    for (const check of checkpoint.checks) {
      const status = statusSaid(check);
      lines.push(
        row([
          `\`${check.id}\``,
          escapeMarkdown(check.environment),
          `${status.glyph} ${status.word}`,
          escapeMarkdown(status.note),
        ]),
      );
    }
    lines.push('');
  }
  for (const check of checkpoint.checks) {
    for (const finding of check.findings) {
      const state = finding.state === 'open' ? '' : ` · ${finding.state}`;
      lines.push(
        `- **${finding.severity}**${state} · ${escapeMarkdown(describeObject(finding.object))} (\`${finding.check}\`, \`${finding.fingerprint.slice(0, 12)}\`)  `,
      );
      lines.push(`  ${escapeMarkdown(finding.message)}${finding.detail ? ` *${escapeMarkdown(finding.detail)}*` : ''}`);
      if (finding.location)
        lines.push(`  at \`${printable(finding.location.file).replaceAll('`', "'")}:${finding.location.line}\``);
      if (finding.fix.sql)
        lines.push(
          '',
          ...fenced(finding.fix.sql, 'sql')
            .split('\n')
            .map((line) => `  ${line}`),
          '',
        );
    }
  }
  for (const question of checkpoint.attestations) {
    const { glyph: mark, word: said } = ATTESTATION_WORDS[question.state];
    lines.push(`- ${mark} ${escapeMarkdown(question.question)} — ${said}${question.required ? '' : ' (optional)'}`);
  }
  lines.push('');
  return lines;
}

/** Ids of the attestations, waivers and acknowledgements that count now: not run out, overtaken or without object. */
function standing(gate: Gate): Set<string> {
  const given = gateCheckpoints(gate).flatMap((checkpoint) =>
    checkpoint.attestations.flatMap((one) => (one.state === 'given' || one.state === 'failed' ? [one.givenBy] : [])),
  );
  const standIns = gateChecks(gate).map((check) => check.attestedBy);
  const covers = findingsOf(gate).map((finding) => finding.coveredBy);
  return new Set([...given, ...standIns, ...covers].filter((id) => id !== null));
}

/** What a reader must not take for a pass. */
function caveats(gate: Gate): string[] {
  const checks = gateChecks(gate);
  const stale = checks.filter((check) => check.stale !== null).length;
  const byHand = checks.filter((check) => check.stale === null && check.attestedBy !== null).length;
  return [
    ...(stale > 0 ? [`↻ ${counted(stale, 'result')} stale: to be taken again before it counts.`, ''] : []),
    ...(byHand > 0
      ? [
          `✎ ${counted(byHand, 'check')} could not run: a person looked instead, with evidence. No check confirms it.`,
          '',
        ]
      : []),
  ];
}

function actsSection(view: AuditView): string[] {
  const stands = standing(view.gate);
  const inForce = (id: string) => (stands.has(id) ? 'yes' : '**no**');
  const { attestations, waivers, acknowledgements, signOffs } = view.state;
  const lines: string[] = [];
  if (attestations.length > 0) {
    lines.push(
      '## Attestations',
      '',
      row(['checkpoint', 'question', 'answer', 'by', 'given', 'good until', 'counts']),
      row(Array.from({ length: 7 }, () => '---')),
    );
    for (const one of attestations) {
      const place = one.covers
        ? `${one.checkpoint} (in place of ${one.covers.check} in ${escapeMarkdown(one.covers.environment)})`
        : one.checkpoint;
      lines.push(
        row([
          place,
          escapeMarkdown(one.statement),
          escapeMarkdown(`${one.status}: ${one.answer}`),
          escapeMarkdown(one.by.name),
          one.at,
          one.expiresAt,
          inForce(one.id),
        ]),
      );
    }
    lines.push('');
  }
  if (waivers.length > 0) {
    lines.push(
      '## Waivers',
      '',
      row(['finding', 'check', 'reason', 'risk', 'compensating control', 'owner', 'expires', 'counts']),
      row(Array.from({ length: 8 }, () => '---')),
    );
    for (const one of waivers) {
      lines.push(
        row([
          `\`${one.fingerprint.slice(0, 12)}\``,
          one.check,
          escapeMarkdown(one.reason),
          escapeMarkdown(one.risk),
          escapeMarkdown(one.compensating),
          escapeMarkdown(one.owner),
          one.expiresAt,
          inForce(one.id),
        ]),
      );
    }
    lines.push('');
  }
  if (acknowledgements.length > 0) {
    lines.push(
      '## Acknowledged findings',
      '',
      ...acknowledgements.map(
        (one) =>
          `- \`${one.fingerprint.slice(0, 12)}\` by ${escapeMarkdown(one.by.name)}, ${one.at}: ${escapeMarkdown(one.note)}`,
      ),
      '',
    );
  }
  if (signOffs.length > 0) {
    lines.push(
      '## Sign-off',
      '',
      ...signOffs.map(
        (one) => `- **${one.decision}** by ${escapeMarkdown(one.by.name)}, ${one.at}: ${escapeMarkdown(one.statement)}`,
      ),
      '',
    );
  }
  return lines;
}

/** Secret keys are meant to reach everything: of them only what they do not reach is told. */
function worthSaying({ role, direct, ways }: Exposure['roles'][number]): boolean {
  const all = Object.values(direct).every((rows) => rows === 'all');
  const none = ways.length === 0 && Object.values(direct).every((rows) => rows === 'none');
  return role === 'service_role' ? !all : !none;
}

function exposureSection({ exposure = [] }: AuditView): string[] {
  if (exposure.length === 0) return [];
  const closed = exposure.filter(({ roles }) => !roles.some(worthSaying));
  return [
    '## Who reaches what',
    '',
    row(['environment', 'relation', 'in words']),
    row(['---', '---', '---']),
    ...exposure.flatMap(({ environment, schema, name, roles }) =>
      roles
        .filter(worthSaying)
        .map(({ sentence }) =>
          row([escapeMarkdown(environment), escapeMarkdown(`${schema}.${name}`), escapeMarkdown(sentence)]),
        ),
    ),
    '',
    ...(closed.length > 0
      ? [
          `Reached by secret keys alone: ${closed.map(({ schema, name }) => escapeMarkdown(`${schema}.${name}`)).join(', ')}.`,
          '',
        ]
      : []),
  ];
}

/** The whole audit as GitHub-flavoured Markdown. Deterministic: its only time is the last entry of the journal. */
export function renderMarkdown(view: AuditView, version: string): string {
  const { state, gate } = view;
  const lines = [
    `# Readiness of ${escapeMarkdown(state.project)}`,
    '',
    `Decision: **${gate.decision}**${gate.signed ? `, signed by ${escapeMarkdown(gate.signed.by)} at ${gate.signed.at}` : ', not signed'}`,
    '',
    `Audit \`${state.auditId}\`, as of ${state.lastEventAt}, supaready ${version}. Environments: ${state.environments
      .map((environment) => `${escapeMarkdown(environment.name)} (${environment.kind}, ${environment.source})`)
      .join(', ')}.`,
    '',
    ...caveats(gate),
    ...standInLines(view).flatMap((line) => [`${escapeMarkdown(line)}.`, '']),
  ];
  for (const section of gate.sections) {
    lines.push(`## ${section.id} ${escapeMarkdown(section.title)}`, '');
    if (section.state === 'locked')
      lines.push(
        `Locked until ${section.opensAfter.join(', ')} ${section.opensAfter.length === 1 ? 'is' : 'are'} satisfied.`,
        '',
      );
    lines.push(...section.checkpoints.flatMap(checkpointSection));
  }
  lines.push(...actsSection(view), ...exposureSection(view));
  if (view.matrix.length > 0) {
    lines.push(
      '## Matrix',
      '',
      row(['environment', 'table', 'Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring']),
      row(Array.from({ length: 7 }, () => '---')),
    );
    for (const one of view.matrix) {
      lines.push(
        row([
          escapeMarkdown(one.environment),
          escapeMarkdown(`${one.schema}.${one.table}`),
          one.Schema,
          one.RLS,
          one.Indexes,
          one.Seed,
          one.Monitoring,
        ]),
      );
    }
    lines.push('', '✔ checked and clean · ✖ an open finding · – not checked, or not completely', '');
  }
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
