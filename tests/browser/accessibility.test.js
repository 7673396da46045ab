// No page is closed to anyone: axe-core on every page, refused forms too.

import { expectNamesToLead, expectNoAxeViolations, looks } from './harness/axe.js';
import { everyPage, open } from './harness/pages.js';
import { siteOf } from './harness/site.js';
import { suite } from './harness/suite.js';

const test = suite();

for (const entry of everyPage) {
    test(`${entry.name} breaks no rule, light or dark, wide or narrow`, async (world) => {
        const site = await siteOf(world);
        // Whatever moves has no colour to measure.
        const page = await open(world, entry, site, { colorScheme: 'light', reducedMotion: 'reduce' });
        await expectNoAxeViolations(page, `${entry.name}, light`);
        await expectNamesToLead(page, entry.name);
        await page.emulateMedia({ colorScheme: 'dark' });
        await expectNoAxeViolations(page, `${entry.name}, dark`, looks);
        await page.setViewportSize({ width: 375, height: 800 });
        await expectNoAxeViolations(page, `${entry.name}, dark and narrow`, looks);
    });
}
