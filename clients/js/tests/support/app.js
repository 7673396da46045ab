// @ts-check
// A frontend in a real browser: one page that has the client, on the server's own origin or on one of its own.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { startServer } from './server.js';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ROOT = new URL('../../src/', import.meta.url);

if (!existsSync(BROWSER)) {
  throw new Error(`There is no browser at ${BROWSER}: install Chromium, or set CHROMIUM.`);
}
const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
after(() => browser.close());

/**
 * @param {import('node:test').TestContext} t
 * @param {{ storage: 'inLocalStorage' | 'inCookies', own: boolean, ttl: string }} options `own`: on the server's origin.
 */
export async function startApp(t, { storage, own, ttl }) {
  /** @param {string} path */
  const file = (path) => {
    const name = path.slice('/app/'.length);
    if (name) return { contentType: 'text/javascript', body: readFileSync(new URL(name, ROOT), 'utf8') };
    const script = `import { createClient, ${storage} } from './index.js';
      window.client = createClient({ url: '${server.url}', storage: ${storage}() });
      window.heard = [];
      client.on('signed-in', (event) => heard.push(['in', event]));
      client.on('signed-out', (event) => heard.push(['out', event]));`;
    return { contentType: 'text/html', body: `<script type="module">${script}</script>` };
  };
  const files = createServer((request, response) => {
    if (!request.url?.startsWith('/app/')) return response.writeHead(404).end();
    const { contentType, body } = file(request.url);
    return response.writeHead(200, { 'content-type': contentType }).end(body);
  }).listen(0, '127.0.0.1');
  await once(files, 'listening');
  t.after(() => {
    files.closeAllConnections();
    files.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (files.address());
  const elsewhere = `http://127.0.0.1:${port}`;
  const server = await startServer(t, {
    DOORWARD__TOKENS__ACCESS_TTL: ttl,
    DOORWARD__HTTP__CORS_ORIGINS: elsewhere,
  });
  const origin = own ? server.url : elsewhere;
  const context = await browser.newContext();
  t.after(() => context.close());
  // The server has no such page: the browser is told what it would find.
  if (own) await context.route(`${origin}/app/**`, (route) => route.fulfill(file(new URL(route.request().url()).pathname)));
  let refreshes = 0;
  context.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/auth/refresh')) refreshes += 1;
  });
  return {
    url: server.url,
    context,
    refreshes: () => refreshes,
    open: async () => {
      const page = await context.newPage();
      await page.goto(`${origin}/app/`);
      await page.waitForFunction('window.client');
      return page;
    },
  };
}
