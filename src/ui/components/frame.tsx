import { Box } from 'ink';
import { type ReactNode, useMemo } from 'react';
import { contextOf } from '../control/context.ts';
import { useSurface, useWizard } from '../hooks/use-wizard.ts';
import { footerLine } from '../model/footer.ts';
import { headerLines } from '../model/header.ts';
import { BLANK, clip, type Line, paragraph, span } from '../model/line.ts';
import { progressLine } from '../model/progress.ts';
import { bodyHeight, type Size, type WizardState } from '../state.ts';
import { Rows } from './rows.tsx';

const NOTICE_LINES = 3;

/** The lines above the key hints: progress while checks run, else the notice, else what the screen has to say. */
function statusLines(state: WizardState, idle: Line, size: Size, animate: boolean): Line[] {
  if (state.running) return [progressLine(state.running, size.columns, animate)];
  if (state.notice === null) return [clip(idle, size.columns)];
  const { tone, text } = state.notice;
  const glyph = tone === 'ok' ? '✔' : tone === 'bad' ? '✖' : '!';
  const lines = paragraph(text, size.columns - 4, { multiline: true });
  const shown = lines.slice(0, NOTICE_LINES);
  return shown.map((line, index) => [span(index === 0 ? ` ${glyph} ` : '   ', tone), ...line.slice(1)]);
}

export interface FrameProps {
  /** Section being looked at, for the top line. */
  section: number | null;
  /** Said above the key hints when there is nothing newer to say. */
  idle: Line;
  /** Draws the body into so many lines. */
  body(height: number): readonly Line[];
}

/** Header, rule, body, rule, status, key hints: rows − 1 lines, never more. */
export function Frame({ section, idle, body }: FrameProps): ReactNode {
  const { colour, animate } = useSurface();
  const { wizard, state, view, size } = useWizard();
  const { columns, rows } = size;
  const header = useMemo(() => headerLines(view, section, columns), [view, section, columns]);
  const status = statusLines(state, idle, size, animate);
  const height = bodyHeight(size, status.length);
  const rule: Line = [{ text: '─'.repeat(columns), tone: 'muted' }];
  const context = contextOf(wizard.controller, wizard.place);
  const footer = state.running || state.busy ? BLANK : footerLine(context, columns);
  const drawn = body(height);
  const filling = Array.from({ length: Math.max(0, height - drawn.length) }, () => BLANK);
  const lines = [...header, rule, ...drawn.slice(0, height), ...filling, rule, ...status, footer];
  return (
    <Box flexDirection="column" width={columns} height={rows - 1}>
      <Rows lines={lines} colour={colour} />
    </Box>
  );
}
