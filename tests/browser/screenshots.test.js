// The pictures of the docs are those of the pages as they are. `make screenshots` takes them anew; otherwise this
// compares what the pages were made of then with what they are made of now, so that no machine's fonts matter.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { everyPage } from './harness/pages.js';
import { settle, settled } from './harness/settled.js';
import { siteOf } from './harness/site.js';
import { suite } from './harness/suite.js';

const test = suite();

const WRITE = process.env.DOORWARD_SCREENSHOTS === 'write';
const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const MANIFEST = `${FOLDER}manifest.json`;
const WIDTHS = { wide: 1280, narrow: 375 };
const LONG = 240_000;

const pictured = everyPage.filter(({ acted }) => !acted);
const pictureOf = (name, width) => `${name}-${width}.png`;
const digest = (text) => createHash('sha256').update(text).digest('hex');

/** Opens each page once, with one sign-in a person, and says what it is made of. */
async function walk(world, look) {
    const site = await siteOf(world);
    const browsers = new Map();
    const madeOf = {};
    for (const entry of pictured) {
        if (!browsers.has(entry.as)) {
            const options = {
                as: site.people[entry.as],
                reducedMotion: 'reduce',
                colorScheme: 'light',
                timezoneId: 'UTC',
            };
            browsers.set(entry.as, await world.visitor(options));
        }
        const page = browsers.get(entry.as);
        const response = await entry.go(page, site);
        madeOf[entry.name] = digest(settled(await response.text()));
        await look(entry, page);
    }
    const page = browsers.get(undefined);
    const files = await page.evaluate(() =>
        [...document.querySelectorAll('link[rel="stylesheet"], script[src], header img')].map(
            (file) => file.href ?? file.src,
        ),
    );
    for (const file of files) {
        const name = settled(new URL(file).pathname);
        madeOf[name] = digest(await (await page.context().request.get(file)).text());
    }
    return madeOf;
}

if (WRITE) {
    test(
        'the pictures are taken',
        async (world) => {
            const pictures = new Map();
            const madeOf = await walk(world, async (entry, page) => {
                await page.evaluate(settle);
                for (const [name, width] of Object.entries(WIDTHS)) {
                    await page.setViewportSize({ width, height: 800 });
                    pictures.set(pictureOf(entry.name, name), await page.screenshot({ fullPage: true }));
                }
            });
            // All or none: a walk that fails leaves the old ones.
            mkdirSync(FOLDER, { recursive: true });
            for (const name of readdirSync(FOLDER).filter((name) => /-(wide|narrow)\.png$/.test(name)))
                rmSync(FOLDER + name);
            for (const [name, picture] of pictures) writeFileSync(FOLDER + name, picture);
            writeFileSync(MANIFEST, `${JSON.stringify(madeOf, null, 2)}\n`);
        },
        { timeout: LONG },
    );
} else {
    test(
        'the pictures of the docs are not old',
        async (world) => {
            const then = existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, 'utf8')) : {};
            const now = await walk(world, async () => {});
            const names = new Set([...Object.keys(then), ...Object.keys(now)]);
            const old = [...names].filter((name) => then[name] !== now[name]);
            assert.deepEqual(
                old,
                [],
                'these are not what is pictured: run `make screenshots`, look at the pictures, and commit them',
            );
            const pictures = pictured.flatMap(({ name }) => Object.keys(WIDTHS).map((width) => pictureOf(name, width)));
            assert.deepEqual(
                pictures.filter((name) => !existsSync(FOLDER + name)),
                [],
                'missing: run `make screenshots`',
            );
        },
        { timeout: LONG },
    );
}
