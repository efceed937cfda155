import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Line } from '../model/line.ts';
import { lookOf } from '../theme.ts';

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

/** One row of the terminal. */
const Row = memo(function Row({ line, colour }: RowProps): ReactNode {
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity of their own
        <Text key={index} {...lookOf(part.tone, colour)} {...(part.inverse ? { inverse: true } : {})}>
          {part.text}
        </Text>
      ))}
    </Text>
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
