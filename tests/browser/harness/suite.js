// One server and one browser a file of tests.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { World, launch } from './browser.js';
import { startServer } from './server.js';

const PATIENCE = 180_000;
const PICTURES = fileURLToPath(new URL('../../../target/browser-failures/', import.meta.url));

/** Starts both for the file that calls it. Returns what makes a test: its body gets a world of its own. */
export function suite(settings) {
    let server;
    let browser;

    before(async () => {
        [server, browser] = await Promise.all([startServer(settings), launch()]);
    });

    after(async () => {
        await browser?.close();
        server?.stop();
    });

    return (name, body, { timeout = PATIENCE } = {}) =>
        test(name, { timeout }, async (context) => {
            const world = new World(server, browser);
            const before = server.log.length;
            try {
                await body(world, context);
                assert.deepEqual(world.found(), [], 'what the browser complained of');
            } catch (error) {
                await tell(name, world, server.log.slice(before));
                throw error;
            } finally {
                await world.close();
            }
        });
}

/** What helps to find out why a test has failed. */
async function tell(name, world, log) {
    mkdirSync(PICTURES, { recursive: true });
    const lines = [`-- ${name}`, ...world.found()];
    for (const [at, page] of world.pages.entries()) {
        const path = `${PICTURES}${basename(process.argv[1])}-${name.replace(/\W+/g, '-')}-${at}.png`;
        const taken = await page.screenshot({ path, timeout: 3_000 }).catch(() => null);
        lines.push(`page ${at}: ${page.url()}${taken ? ` looked like ${path}` : ''}`);
    }
    console.error(`${lines.join('\n')}\n${log}`);
}
