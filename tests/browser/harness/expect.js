// What tests expect of a page, each waited for.

import assert from 'node:assert/strict';

import { greeting } from '../texts.js';
import { until } from './until.js';

/** The page has this path, whatever its query. */
export async function expectPath(page, path) {
    await page.waitForURL((url) => url.pathname === path, { waitUntil: 'domcontentloaded' }).catch(() => {});
    assert.equal(new URL(page.url()).pathname, path);
}

/** An alert says this, on a page that is there to its end. */
export async function expectAlert(page, text) {
    await page.getByRole('alert').getByText(text).first().waitFor();
    await page.waitForLoadState();
}

/** Something on the page says this, and the page is there to its end. */
export async function expectText(page, text) {
    await page.getByText(text).first().waitFor();
    await page.waitForLoadState();
}

/** The page greets someone. */
export async function expectGreeting(page, firstName) {
    await page
        .getByRole('heading', { name: greeting(firstName) })
        .first()
        .waitFor();
}

/** A field has this value, in the end. */
export async function expectValue(field, value) {
    await until(`the field to hold ${JSON.stringify(value)}`, async () => (await field.inputValue()) === value);
}

/** The text of the page has none of these. */
export async function expectNowhere(page, ...texts) {
    const shown = await page.content();
    for (const text of texts) assert.ok(!shown.includes(text), `${page.url()} shows ${text}`);
}
