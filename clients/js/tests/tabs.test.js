// @ts-check
// Ten tabs of a real browser, and the real server.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp } from './support/app.js';
import { person } from './support/server.js';

/** @typedef {{ client: import('@doorward/client').Client, heard: [string, any][] }} App */
const TABS = 10;

/**
 * A person who signs up in the first of ten tabs.
 * @param {Awaited<ReturnType<typeof startApp>>} app
 */
async function tenTabs(app) {
  const tabs = await Promise.all(Array.from({ length: TABS }, app.open));
  /** @template T @param {(app: App) => Promise<T>} what @returns {Promise<T[]>} */
  const everywhere = (what) => Promise.all(tabs.map((tab) => tab.evaluate(`(${what})(window)`)));
  /** @template T @param {(app: App) => Promise<T>} what @returns {Promise<T>} */
  const first = (what) => tabs[0].evaluate(`(${what})(window)`);
  await tabs[0].evaluate(`client.register(${JSON.stringify(person('tabs'))})`);
  return { tabs, everywhere, first };
}

/** @param {App} app */
const fiveTimes = ({ client }) =>
  Promise.all(Array.from({ length: 5 }, async () => (await client.fetch('/auth/me')).status));

for (const storage of /** @type {const} */ (['inLocalStorage', 'inCookies'])) {
  for (const own of [false, true]) {
    const where = `${storage}, ${own ? "on the server's origin" : 'on an origin of its own'}`;

    test(`${where}: ten tabs live through expiry, and hear of the sign-out`, async (t) => {
      const app = await startApp(t, { storage, own, ttl: '8s' });
      const { everywhere, first } = await tenTabs(app);
      await sleep(8100);
      assert.deepEqual(new Set((await everywhere(fiveTimes)).flat()), new Set([200]));
      assert.equal(app.refreshes(), 1, 'one refresh for fifty requests of ten tabs');

      const stored = await first(async () => JSON.stringify({ ...localStorage }) + document.cookie);
      assert.equal(/eyJ|dwr_/.test(stored), storage === 'inLocalStorage', 'what scripts can read');

      await first(({ client }) => client.logout());
      const heard = await everywhere(async ({ client, heard }) => {
        while (heard.at(-1)?.[0] !== 'out') await new Promise((again) => setTimeout(again, 10));
        return [heard.at(-1)?.[1].elsewhere, (await client.fetch('/auth/me')).status];
      });
      assert.deepEqual(heard, [[false, 401], ...Array(TABS - 1).fill([true, 401])]);
    });
  }

  test(`${storage}: tokens that expire in the middle of ten busy tabs are not noticed`, async (t) => {
    const app = await startApp(t, { storage, own: false, ttl: '4s' });
    const { everywhere } = await tenTabs(app);
    const answers = await everywhere(async ({ client, heard }) => {
      /** @type {Record<string, number>} */
      const seen = {};
      for (const end = performance.now() + 11_000; performance.now() < end; ) {
        const { status } = await client.fetch('/auth/me');
        seen[status] = (seen[status] ?? 0) + 1;
      }
      return { seen, out: heard.filter(([type]) => type === 'out') };
    });
    for (const { seen, out } of answers) {
      assert.deepEqual(Object.keys(seen), ['200']);
      assert.ok(seen[200] > 10, `${seen[200]}`);
      assert.deepEqual(out, []);
    }
    assert.ok(app.refreshes() >= 2 && app.refreshes() <= 5, `${app.refreshes()} refreshes`);
  });

  test(`${storage}: thirty times ten tabs that want new tokens at once are thirty refreshes`, async (t) => {
    const app = await startApp(t, { storage, own: false, ttl: '10m' });
    const { tabs, first } = await tenTabs(app);
    for (let round = 1; round <= 30; round += 1) {
      const used = await first(async ({ client }) => (await client.credentials(client.url))?.version);
      const ask = `client.refresh(${JSON.stringify(used)})`;
      assert.deepEqual(await Promise.all(tabs.map((tab) => tab.evaluate(ask))), Array(TABS).fill(true));
      assert.equal(app.refreshes(), round);
    }
  });
}
