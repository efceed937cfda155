/**
 * Texts in which every UTF-16 unit is one character of one cell: ASCII, lines and blocks, and the glyphs we draw with. Nothing
 * that joins, combines or is wide is among them, so they are counted and cut without tables of Unicode, which cost more than
 * the rest of a frame when they are loaded.
 */
export const ONE_CELL_EACH = /^[\x20-\x7e\u2500-\u259f·–—‘’“”…›←↑→↓⏎▸⊘✔✖]*$/;
