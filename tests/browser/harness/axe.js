// What is wrong with a page for whoever does not see it, or not as others do: what axe-core finds, and a little that it
// does not.

import assert from 'node:assert/strict';

import { axeSource } from './packages.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What another colour or another width can change. */
const LOOKS = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'];

export const all = { type: 'tag', values: TAGS };
export const looks = { type: 'rule', values: LOOKS };

/** Fails with each of these rules that the page breaks, and where. */
export async function expectNoAxeViolations(page, what = page.url(), runOnly = all) {
    // As developer tools run what is typed there: past the page's own policy.
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
    const options = { runOnly, resultTypes: ['violations'] };
    const { violations, passes } = await page.evaluate((options) => globalThis.axe.run(options), options);
    const found = violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`),
    );
    assert.deepEqual(found, [], what);
    assert.ok(passes.length > (runOnly === all ? 10 : 0), `axe has looked at ${what}`);
}

/** Every id stands for one element, and every label and description for one that is there. */
export async function expectNamesToLead(page, what = page.url()) {
    const lost = await page.evaluate(() => {
        const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
        const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the id ${id} stands twice`);
        const labels = [...document.querySelectorAll('label')].filter(({ control }) => control === null);
        const named = ['aria-describedby', 'aria-labelledby', 'aria-controls'].flatMap((name) =>
            [...document.querySelectorAll(`[${name}]`)].flatMap((element) => element.getAttribute(name).split(/\s+/)),
        );
        return [
            ...twice,
            ...labels.map((label) => `a label of nothing: ${label.outerHTML}`),
            ...named.filter((id) => id !== '' && !ids.includes(id)).map((id) => `nothing has the id ${id}`),
        ];
    });
    assert.deepEqual(lost, [], what);
}
