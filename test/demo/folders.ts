import { chmodSync } from 'node:fs';

/** As root PostgreSQL runs as another user, who must be able to pass through the folder. Returns it. */
export function readableByServer(folder: string): string {
  chmodSync(folder, 0o711);
  return folder;
}
