/** Where a connection string leads: equal for two strings that lead to the same server as far as can be told from them. */
export function serverOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const host = decodeURIComponent(parsed.hostname).toLowerCase().replace(/\.$/, '');
  const port = parsed.port || '5432';
  // One project has a direct address and, by its user's name, the poolers'.
  const direct = /^db\.([a-z0-9]+)\.supabase\.(?:co|com|red)$/.exec(host)?.[1];
  const pooled = host.endsWith('.pooler.supabase.com')
    ? /\.([a-z0-9]+)$/.exec(decodeURIComponent(parsed.username))?.[1]
    : undefined;
  const project = direct ?? pooled;
  if (project !== undefined) return `supabase ${project}`;
  const local = host === '' || host === 'localhost' || host === '[::1]' || /^127\./.test(host);
  return `${local ? 'localhost' : host}:${port}`;
}
