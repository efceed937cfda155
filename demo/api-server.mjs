// The Data, Auth and Storage API of a Supabase project (@supabase/lite), over the database of the demo or of a test.
// Runs as a worker: what it logs must not reach the terminal. Its package is a development dependency; where it is missing
// there is no such server.
import { parentPort, workerData } from 'node:worker_threads';

const { databaseUrl, publishableKey, secretKey, jwtSecret, schemas, rollback } = workerData;

/** Files of the storage, by bucket and name: gone with the process. */
class MemoryFiles {
  driver = null;
  #files = new Map();

  #keep(bucket, key, data, contentType, cacheControl) {
    const metadata = {
      cacheControl,
      mimetype: contentType,
      contentLength: data.length,
      size: data.length,
      eTag: `"${data.length}"`,
      lastModified: new Date(),
      httpStatusCode: 200,
    };
    this.#files.set(`${bucket}/${key}`, { data, metadata });
    return metadata;
  }

  #file(bucket, key) {
    // Rows of storage.objects that the database came with have no bytes behind them.
    return this.#files.get(`${bucket}/${key}`) ?? { data: Buffer.alloc(0), metadata: this.#keep('', '', Buffer.alloc(0), 'text/plain', '') };
  }

  async uploadObject(bucket, key, _version, body, contentType, cacheControl) {
    const chunks = [];
    if (body instanceof Uint8Array) chunks.push(body);
    else for await (const chunk of body) chunks.push(chunk);
    return this.#keep(bucket, key, Buffer.concat(chunks), contentType, cacheControl);
  }

  async getObject(bucket, key) {
    const { data, metadata } = this.#file(bucket, key);
    return { metadata, httpStatusCode: 200, body: data };
  }

  async headObject(bucket, key) {
    return this.#file(bucket, key).metadata;
  }

  async deleteObject(bucket, key) {
    this.#files.delete(`${bucket}/${key}`);
  }

  async deleteObjects(bucket, keys) {
    for (const key of keys) await this.deleteObject(bucket, key);
  }

  async copyObject(fromBucket, from, _version, toBucket, to) {
    const { data, metadata } = this.#file(fromBucket, from);
    return this.#keep(toBucket, to, data, metadata.mimetype, metadata.cacheControl);
  }

  async privateAssetUrl() {
    return '';
  }
}

process.env.EXPERIMENTAL_STORAGE = '1';
const { serve } = await import('@hono/node-server');
const { App, InMemoryEmailDriver } = await import('@supabase/lite');
const { createPostgresConnection } = await import('@supabase/lite/postgres');

const connection = createPostgresConnection({ url: databaseUrl, postgresOptions: { onnotice: () => undefined } });
// Where row level security is on it would make the API's roles and grant them every table there is.
connection.ensureRlsContext = async () => true;
// It makes UUIDs up where Supabase's Auth has a bigint of a sequence: left out, the sequence gives the id.
connection.kysely = connection.kysely.withPlugin({
  transformQuery({ node }) {
    if (node.kind !== 'InsertQueryNode' || node.into?.table?.identifier?.name !== 'refresh_tokens') return node;
    const at = node.columns.findIndex(({ column }) => column.name === 'id');
    const without = (list) => list.filter((_, place) => place !== at);
    const values = node.values.values.map((row) => ({ ...row, values: without(row.values) }));
    return at < 0 ? node : { ...node, columns: without(node.columns), values: { ...node.values, values } };
  },
  transformResult: async ({ result }) => result,
});

const app = new App({
  connection,
  api: { schemas },
  auth: {
    enabled: true,
    jwt_secret: jwtSecret,
    publishable_key: publishableKey,
    secret_key: secretKey,
    email: { enable_confirmations: false },
  },
  storage: { enabled: true },
  options: {
    drivers: { email: new InMemoryEmailDriver() },
    server: { disableStudio: true, forceRollback: rollback },
  },
});
app._storageAdapter = new MemoryFiles();
await app.init();

/** @hono/node-server sets Content-Length as well, and two are one too many for undici. */
async function answer(request) {
  const response = await app.fetch(request);
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
const server = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  parentPort.postMessage({ url: `http://127.0.0.1:${port}` }),
);
parentPort.once('message', async () => {
  server.close();
  server.closeAllConnections();
  await app.connection.close();
  parentPort.close();
});
