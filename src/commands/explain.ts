import { type Checklist, type Checkpoint, type CheckText, checkpointsOf } from '../core/check.ts';
import { UserError } from '../core/errors.ts';
import { FACT_SOURCES, type FactName } from '../core/facts.ts';

const SOURCE_WORDS = {
  catalogue: 'the database catalogue',
  network: 'the addresses of database and application, by knocking',
  data: 'row counts and joins (bounded)',
  platform: 'the Management API',
  shadow: 'a database built from the migrations',
  http: 'the API, asked as a client does',
  repository: 'the repository',
  audit: 'the audit itself and what the project declares',
} satisfies Record<keyof typeof FACT_SOURCES, string>;

function sourcesOf(names: readonly FactName[]): string {
  const kinds = Object.entries(FACT_SOURCES).filter(([, facets]) =>
    (facets as readonly string[]).some((name) => names.includes(name as FactName)),
  );
  return kinds
    .map(
      ([kind, facets]) =>
        `${SOURCE_WORDS[kind as keyof typeof SOURCE_WORDS]} (${(facets as readonly string[]).filter((name) => names.includes(name as FactName)).join(', ')})`,
    )
    .join('; ');
}

/** What a check looks at, why, how to mend it, its false alarms and its source, as Markdown. */
export function checkDoc(check: CheckText, checkpoint: Checkpoint): string {
  const item = check.item
    ? `${checkpoint.id}${check.item} ${checkpoint.items?.[check.item] ?? ''}`.trim()
    : `${checkpoint.id} ${checkpoint.title}`;
  const parameters = Object.entries(check.parameters ?? {});
  return [
    `# ${check.id}`,
    '',
    check.title,
    '',
    `- Checkpoint: ${item}`,
    `- Severity: ${check.severity}`,
    ...(check.aliases?.length
      ? [`- Known elsewhere as: ${check.aliases.map((alias) => `\`${alias}\``).join(', ')}`]
      : []),
    `- Looks at: ${sourcesOf(check.needs)}`,
    ...(check.uses?.length ? [`- Sharpened by: ${sourcesOf(check.uses)}`] : []),
    ...(check.matrix ? [`- Column of the sign-off matrix: ${check.matrix}`] : []),
    `- Source of the rule: ${check.source}`,
    '',
    '## Why it matters',
    '',
    check.why,
    '',
    '## How to mend it',
    '',
    check.remedy,
    ...(check.falseAlarms ? ['', '## Known false alarms', '', check.falseAlarms] : []),
    ...(parameters.length
      ? [
          '',
          '## Parameters',
          '',
          'Set in `supaready.config.json` under `parameters`.',
          '',
          ...parameters.map(([name, value]) => `- \`${name}\`: ${JSON.stringify(value)}`),
        ]
      : []),
    '',
  ].join('\n');
}

/** A checkpoint's intent, checks and questions, as Markdown. */
export function checkpointDoc(checkpoint: Checkpoint): string {
  return [
    `# ${checkpoint.id} ${checkpoint.title}`,
    '',
    checkpoint.intent,
    '',
    `Source: ${checkpoint.source}`,
    '',
    '## Checks',
    '',
    ...checkpoint.checks.map((check) => `- \`${check.id}\` (${check.severity}): ${check.title}`),
    '',
    '## Asked of a person',
    '',
    ...(checkpoint.attestations.length > 0
      ? checkpoint.attestations.map(
          (question) =>
            `- \`${question.id}\`${question.required ? '' : ' (optional)'}: ${question.question}${question.hint ? ` ${question.hint}` : ''}`,
        )
      : ['Nothing.']),
    '',
  ].join('\n');
}

/** Every section, checkpoint and check in a list. */
export function checklistDoc(checklist: Checklist): string {
  return [
    '# The checklist',
    '',
    ...checklist.sections.flatMap((section) => [
      `## ${section.id} ${section.title}`,
      '',
      ...section.checkpoints.flatMap((checkpoint) => [
        `### ${checkpoint.id} ${checkpoint.title}`,
        '',
        checkpoint.intent,
        '',
        ...checkpoint.checks.map(
          (check) => `- [\`${check.id}\`](checks/${check.id}.md) (${check.severity}): ${check.title}`,
        ),
        ...checkpoint.attestations.map((question) => `- asked: ${question.question}`),
        '',
      ]),
    ]),
  ].join('\n');
}

/** The text for `explain ID`: a check (id or alias) or a checkpoint; the whole list without an id. Throws UserError (exit 2) when unknown. */
export function explain(checklist: Checklist, id: string | undefined): string {
  if (id === undefined) return checklistDoc(checklist);
  for (const checkpoint of checkpointsOf(checklist)) {
    if (checkpoint.id === id) return checkpointDoc(checkpoint);
    const check = checkpoint.checks.find((one) => one.id === id || one.aliases?.includes(id));
    if (check) return checkDoc(check, checkpoint);
  }
  throw new UserError(
    'unknown-id',
    `“${id}” is no check and no checkpoint`,
    '`supaready explain` without an id lists them all',
  );
}
