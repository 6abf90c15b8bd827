import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

/**
 * A Python package index on loopback (PEP 503) that holds files of ours; every other name is looked up where it always
 * is.
 */
export interface PythonIndex {
  readonly url: string;
  /** What uv and pip need to ask it first and then the index that is configured. */
  readonly env: NodeJS.ProcessEnv;
  /** Adds further files of the package. */
  publish(files: readonly string[]): void;
  stop(): Promise<void>;
}

interface ServedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/**
 * Serves files of one package. The index has an address that no other ever had, so no cache ever takes an older build
 * for this one.
 */
export async function startPythonIndex(files: readonly string[], packageName: string): Promise<PythonIndex> {
  const served: ServedFile[] = [];
  const publish = (more: readonly string[]): void => {
    for (const file of more) {
      const bytes = fs.readFileSync(file);
      served.push({ name: path.basename(file), bytes, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
  };
  publish(files);
  const prefix = `/${randomUUID()}`;
  const server = http.createServer((request, response) => {
    const file = served.find(({ name }) => request.url === `${prefix}/files/${name}`);
    if (file) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes.length });
      response.end(request.method === 'HEAD' ? undefined : file.bytes);
    } else if (request.url === `${prefix}/simple/${packageName}/`) {
      // What is listed may grow at any moment.
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      response.end(`<!DOCTYPE html><html><body>\n${served.map(link).join('\n')}\n</body></html>\n`);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // A test that fails early must not keep the process alive.
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}/simple`;
  return {
    url,
    env: { UV_INDEX: url, PIP_EXTRA_INDEX_URL: `${url}/` },
    publish,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

function link({ name, sha256 }: ServedFile): string {
  return `<a href="../../files/${name}#sha256=${sha256}">${name}</a><br>`;
}
