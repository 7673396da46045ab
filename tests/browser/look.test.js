// What pages look like: narrow, long, in both languages, in high contrast, at rest.

import assert from 'node:assert/strict';

import { expectPath } from './harness/expect.js';
import { everyPage, open } from './harness/pages.js';
import { administrator, registered, signIn, verified } from './harness/people.js';
import { siteOf } from './harness/site.js';
import { suite } from './harness/suite.js';
import { buttons } from './texts.js';

const test = suite();

/** WCAG 1.4.10: the narrowest that a page must fit. */
const NARROW = { width: 320, height: 640 };

async function expectFits(page, what) {
    const wide = await page.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        if (scrollWidth <= clientWidth) return null;
        const out = [...document.body.querySelectorAll('*')].filter(
            (element) => element.getBoundingClientRect().right > clientWidth + 1,
        );
        return `${scrollWidth} wide: ${out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))}`;
    });
    assert.equal(wide, null, `${what} does not fit ${NARROW.width} pixels`);
}

/** The texts that the pages themselves say: headings, labels, buttons, links, alerts. */
function said(page) {
    return page.evaluate(() => {
        const elements = document.querySelectorAll(
            'title, h1, h2, h3, label, legend, button, a, summary, th, dt, .hint, .lead, .empty, .badge, [role="alert"] p',
        );
        const texts = [...elements].flatMap((element) => [...element.childNodes].filter((node) => node.nodeType === 3));
        return texts.map((node) => node.data.trim()).filter((text) => text !== '');
    });
}

/** What is the same in every language: names, addresses, and short words. */
function mayBeAlike(text) {
    return (
        text.split(/\s+/).length < 3 ||
        /@|Jane|John|Tech Corp|Royal Society|Percy|Root Admin|Marco|Firefox|Chrome/.test(text)
    );
}

for (const entry of everyPage) {
    test(`${entry.name} fits a narrow window, moves nothing that should rest, and speaks one language`, async (world) => {
        const site = await siteOf(world);
        const page = await open(world, entry, site, { viewport: NARROW, reducedMotion: 'reduce' });
        await expectFits(page, entry.name);
        const moving = await page.evaluate(() => {
            const seconds = (text) => Math.max(...text.split(',').map((part) => parseFloat(part)));
            const moves = ({ transitionDuration, animationName, animationDuration }) =>
                seconds(transitionDuration) > 0.05 || (animationName !== 'none' && seconds(animationDuration) > 0.05);
            return [...document.querySelectorAll('*')]
                .filter((element) => moves(getComputedStyle(element)))
                .map((element) => element.outerHTML.slice(0, 120));
        });
        assert.deepEqual(moving, []);
        assert.equal(await page.locator('html').getAttribute('lang'), 'en');

        if (entry.acted) return;
        const english = new Set(await said(page));
        await page.context().addCookies([{ name: 'lang', value: 'de', url: world.server.url }]);
        await entry.go(page, site);
        assert.equal(await page.locator('html').getAttribute('lang'), 'de');
        await expectFits(page, `${entry.name} in German`);
        const spoken = await said(page);
        assert.deepEqual(
            spoken.filter((text) => english.has(text) && !mayBeAlike(text)),
            [],
            'what is not translated',
        );
        for (const text of [...english, ...spoken])
            assert.doesNotMatch(text, /\{\w*\}|undefined|\bNone\b|Some\(/, 'a text with a gap');
    });
}

test('long names, addresses and companies break, and make no page wider', async (world) => {
    const long = (length) => 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6).slice(0, length);
    const domain = `${['a', 'b'].map((letter) => letter.repeat(63)).join('.')}.example`;
    const email = `${'x'.repeat(199 - domain.length)}@${domain}`;
    assert.equal(email.length, 200);
    const candidate = await registered(world, 'CANDIDATE', { firstName: long(100), lastName: long(100), email });
    const employer = await registered(world, 'EMPLOYER', {
        firstName: long(100),
        lastName: long(100),
        company: long(200),
    });
    const api = await world.server.api.as(candidate);
    const profile = { location: long(200), title: long(200), skills: [long(200), long(150)] };
    await api.send('PATCH', '/auth/me', { profile, username: long(64) });
    const root = await administrator(world);
    await (
        await world.server.api.as(root)
    ).post('/auth/admin/invitations', { email: `y${email.slice(1)}`, role: 'EMPLOYER', company: long(200) });
    const visits = [
        [candidate, '/my-assessments', '/account'],
        [employer, '/dashboard', '/account'],
        [
            root,
            '/admin',
            '/admin/users',
            `/admin/users/${candidate.id}`,
            `/admin/users/${employer.id}`,
            '/admin/invitations',
            '/admin/audit-events',
        ],
    ];
    for (const [someone, ...paths] of visits) {
        const page = await world.visitor({ as: someone, viewport: NARROW });
        for (const path of paths) {
            assert.equal((await page.goto(path)).status(), 200, path);
            await expectFits(page, path);
        }
    }
});

test('the language of the browser is spoken, and a choice outlasts it', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const language = (page) => page.locator('html').getAttribute('lang');
    const page = await world.visitor({ locale: 'de-AT' });
    await page.goto('/login');
    assert.equal(await language(page), 'de');
    await page.getByRole('button', { name: buttons.english }).click();
    await expectPath(page, '/login');
    assert.equal(await language(page), 'en');
    await signIn(page, someone);
    await expectPath(page, '/my-assessments');
    for (const path of ['/my-assessments', '/account', '/there-is-no-such-page']) {
        await page.goto(path);
        assert.equal(await language(page), 'en', path);
    }
    await page.getByRole('button', { name: buttons.german }).click();
    await page.goto('/account');
    assert.equal(await language(page), 'de');
});

test('a language that is not there is answered in English, and a choice of none changes nothing', async (world) => {
    const page = await world.visitor({ locale: 'fr-FR' });
    await page.goto('/login');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
    await page.getByRole('button', { name: buttons.german }).evaluate((button) => (button.value = '../../xx'));
    await page.getByRole('button', { name: buttons.german }).click();
    await page.goto('/login');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
});

test('in high contrast every control has an edge', async (world) => {
    const site = await siteOf(world);
    for (const name of ['login', 'register', 'my-assessments', 'account', 'admin-users']) {
        const entry = everyPage.find((one) => one.name === name);
        const page = await open(world, entry, site, { forcedColors: 'active', colorScheme: 'dark' });
        const edgeless = await page.evaluate(() => {
            const controls = document.querySelectorAll(
                'main button, main .button, main input:not([type="hidden"], [type="radio"], [type="checkbox"]), main select, main textarea',
            );
            // What is a picture needs none.
            const hasEdge = (element) => {
                const { borderTopStyle, borderTopWidth, outlineStyle, textDecorationLine } = getComputedStyle(element);
                return (
                    element.querySelector('svg') !== null ||
                    (borderTopStyle !== 'none' && parseFloat(borderTopWidth) > 0) ||
                    outlineStyle !== 'none' ||
                    textDecorationLine !== 'none'
                );
            };
            const shown = [...controls].filter((element) => element.getClientRects().length > 0);
            return {
                edgeless: shown
                    .filter((element) => !hasEdge(element))
                    .map((element) => element.outerHTML.slice(0, 120)),
                looked: shown.length,
            };
        });
        assert.ok(edgeless.looked > 2, name);
        assert.deepEqual(edgeless.edgeless, [], name);
        assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
    }
});

test('a notice of a saved form goes by itself, and is read out', async (world) => {
    const page = await world.visitor({ as: await verified(world, 'CANDIDATE') });
    await page.goto('/my-assessments');
    await page.getByRole('main').getByRole('button', { name: buttons.saveProfile, exact: true }).click();
    const notice = page.locator('.toast');
    await notice.waitFor();
    assert.match(await notice.getAttribute('role'), /status|alert/);
    await notice.waitFor({ state: 'detached', timeout: 15_000 });
});
