import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON; a function may do as it likes with the line. */
  body?: unknown;
  /** Never answers. */
  silent?: true;
  /** Cuts the line. */
  cut?: true;
}

export interface ManagementServer {
  url: string;
  /** Method, path and headers of every request, in order. */
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** An HTTP server that answers the replies of a path one after the other, the last one for ever; 404 for what it does not know. */
export async function managementServer(replies: Record<string, Reply[]>): Promise<ManagementServer> {
  const requests: ManagementServer['requests'] = [];
  const asked = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    const known = replies[path];
    const turn = asked.get(path) ?? 0;
    asked.set(path, turn + 1);
    const reply = known?.[Math.min(turn, known.length - 1)] ?? { status: 404, body: { message: 'Not found' } };
    if (reply.silent) return;
    if (reply.cut) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
