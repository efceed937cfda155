import type { MatrixColumn } from './check.ts';

export type MatrixCell = '✔' | '✖' | '–';
/** One row of the sign-off matrix: ✔ only if at least one check ran over the table's column of the matrix and none was skipped. */
export type MatrixRow = { environment: string; schema: string; table: string } & Record<MatrixColumn, MatrixCell>;
