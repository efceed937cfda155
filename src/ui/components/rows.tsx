import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import { dressed } from '../dress.ts';
import type { Line } from '../model/line.ts';

interface RowProps {
  line: Line;
  colour: boolean;
}

/** Lines are derived anew with every key; a row whose text and tones are as they were is left alone. */
function sameRow(before: RowProps, now: RowProps): boolean {
  if (before.line === now.line) return before.colour === now.colour;
  return (
    before.colour === now.colour &&
    before.line.length === now.line.length &&
    before.line.every((part, index) => {
      const other = now.line[index];
      return part.text === other?.text && part.tone === other.tone && part.inverse === other.inverse;
    })
  );
}

/** One row of the terminal: one text, dressed here, since a Text of its own for every span doubles the work of a frame. */
const Row = memo(function Row({ line, colour }: RowProps): ReactNode {
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">{line.map(({ text, tone, inverse }) => dressed(text, tone, colour, inverse)).join('')}</Text>
  );
}, sameRow);

/** Lines below one another, exactly `height` rows where it is given. */
export function Rows({
  lines,
  colour,
  height,
}: {
  lines: readonly Line[];
  colour: boolean;
  height?: number;
}): ReactNode {
  const shown = height === undefined ? lines : lines.slice(0, height);
  return (
    <Box flexDirection="column" {...(height === undefined ? {} : { height })}>
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={index} line={line} colour={colour} />
      ))}
    </Box>
  );
}
