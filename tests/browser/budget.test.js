// What pages may cost: bytes, waiting, and strangers.

import assert from 'node:assert/strict';

import { everyPage } from './harness/pages.js';
import { siteOf } from './harness/site.js';
import { suite } from './harness/suite.js';
import { watchTraffic } from './harness/traffic.js';

const test = suite();

/** The most that a first visit of a page transfers. */
const MOST_BYTES = 60_000;

for (const entry of everyPage.filter(({ acted }) => !acted)) {
    test(`${entry.name} is light, waits for one file, and asks nobody else`, async (world) => {
        const site = await siteOf(world);
        const page = await world.visitor({ as: site.people[entry.as] });
        const traffic = await watchTraffic(page);
        await entry.go(page, site);
        await traffic.ended();
        const bytes = traffic.bytes();
        assert.ok(bytes > 500, 'something was measured');
        assert.ok(bytes < MOST_BYTES, `${bytes} bytes: ${traffic.urls()}`);
        const blocking = await traffic.blocking();
        assert.equal(blocking.length, 1, `blocking: ${blocking}`);
        const strangers = traffic.urls().filter((url) => !url.startsWith(`${world.server.url}/`));
        assert.deepEqual(strangers, []);
    });
}

test('what was fetched once is not fetched again for the next page', async (world) => {
    const page = await world.visitor();
    await page.goto('/login');
    await page.waitForLoadState('networkidle');
    const session = await page.context().newCDPSession(page);
    const asked = new Map();
    session.on('Network.requestWillBeSent', ({ request, requestId }) =>
        asked.set(requestId, new URL(request.url).pathname),
    );
    session.on('Network.requestServedFromCache', ({ requestId }) => asked.delete(requestId));
    session.on(
        'Network.responseReceived',
        ({ response, requestId }) => response.fromDiskCache && asked.delete(requestId),
    );
    await session.send('Network.enable');
    await page.goto('/forgot-password');
    await page.waitForLoadState('networkidle');
    assert.deepEqual([...asked.values()], ['/forgot-password']);
});
