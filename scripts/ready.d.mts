/** Installs the locked dependencies and builds dist/ when either is missing or older than what it is made from. */
export function ready(): void;
