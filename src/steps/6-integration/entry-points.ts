/** Name of the edge function a file belongs to; null for other files and shared ones. */
export function edgeFunctionOf(path: string): string | null {
  return /(?:^|\/)supabase\/functions\/([^/_.][^/]*)\//.exec(path)?.[1] ?? null;
}

/** A file that answers requests by itself: a route handler, an API page, a server endpoint. */
export function isServerEntry(path: string): boolean {
  return (
    /(^|\/)route\.[cm]?[jt]sx?$/.test(path) ||
    /(^|\/)pages\/api\/.+\.[cm]?[jt]sx?$/.test(path) ||
    /(^|\/)\+server\.[cm]?[jt]s$/.test(path) ||
    /(^|\/)server\/(api|routes)\/.+\.[cm]?[jt]s$/.test(path) ||
    /(^|\/)(netlify\/functions|api)\/[^/]+\.[cm]?[jt]s$/.test(path) ||
    /(^|\/)src\/pages\/(.*\/)?api\/.+\.[cm]?[jt]s$/.test(path)
  );
}

/** `[functions.<name>].verify_jwt` of config.toml; the platform's default is true. */
export function verifiesJwt(values: Record<string, unknown> | undefined, name: string): boolean {
  const functions = values?.functions as Record<string, { verify_jwt?: unknown } | undefined> | undefined;
  return functions?.[name]?.verify_jwt !== false;
}
