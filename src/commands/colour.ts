/** Whether to colour a stream: FORCE_COLOR, then NO_COLOR, then TERM=dumb and CI, then whether it is a terminal. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return TERM !== 'dumb' && stream.isTTY === true;
}
