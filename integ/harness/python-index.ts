import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

/** A Python package index on loopback (PEP 503) that holds files of ours; every other name is looked up where it always is. */
export interface PythonIndex {
  readonly url: string;
  /** What uv and pip need to ask it first and then the index that is configured. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Serves files of one package. The files' checksum is in the address, so no cache ever takes an older build for this one. */
export async function startPythonIndex(files: readonly string[], packageName: string): Promise<PythonIndex> {
  const served = files.map(file => {
    const bytes = fs.readFileSync(file);
    return { name: path.basename(file), bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  const prefix = `/${createHash('sha256').update(served.map(file => file.sha256).join()).digest('hex').slice(0, 16)}`;
  const page = served.map(file => `<a href="../../files/${file.name}#sha256=${file.sha256}">${file.name}</a><br>`).join('\n');
  const server = http.createServer((request, response) => {
    const file = served.find(({ name }) => request.url === `${prefix}/files/${name}`);
    if (file) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes.length });
      response.end(request.method === 'HEAD' ? undefined : file.bytes);
    } else if (request.url === `${prefix}/simple/${packageName}/`) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(`<!DOCTYPE html><html><body>\n${page}\n</body></html>\n`);
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
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
