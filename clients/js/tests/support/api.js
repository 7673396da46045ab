// @ts-check
// Servers of other people.

import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A server that notes what it is sent. `/redirect?to=` sends elsewhere, `/refuse` answers 401.
 * @param {import('node:test').TestContext | typeof import('node:test')} t
 */
export async function startApi(t) {
  /** @type {{ path: string, authorization: string | undefined }[]} */
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api');
    requests.push({ path: pathname, authorization: request.headers.authorization });
    const to = searchParams.get('to');
    if (to) response.writeHead(307, { location: to });
    else if (pathname === '/refuse') response.writeHead(401);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, port, requests };
}
