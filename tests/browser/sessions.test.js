// Staying signed in, and being signed out: tabs, other sites, devices.

import assert from 'node:assert/strict';

import { elsewhere } from './harness/elsewhere.js';
import { expectGreeting, expectNowhere, expectPath } from './harness/expect.js';
import { HOMES, administrator, fillSignIn, registered, signIn, signOut } from './harness/people.js';
import { suite } from './harness/suite.js';
import { until } from './harness/until.js';
import { buttons, labels, messages } from './texts.js';

const test = suite();

const ACCESS = 'token';
const REFRESH = 'refresh_token';

async function cookie(page, name) {
    return (await page.context().cookies()).find((cookie) => cookie.name === name);
}

test('without its access token a browser goes on with the other', async (world) => {
    const page = await world.visitor({ as: await registered(world, 'EMPLOYER') });
    await page.context().clearCookies({ name: ACCESS });
    await page.goto('/dashboard');
    await expectPath(page, '/dashboard');
    assert.ok(await cookie(page, ACCESS));
});

test('two tabs that renew at once both stay signed in', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const tabs = [await world.visitor({ as: someone })];
    for (let more = 0; more < 3; more += 1) tabs.push(await tabs[0].context().newPage());
    for (let round = 0; round < 3; round += 1) {
        await tabs[0].context().clearCookies({ name: ACCESS });
        await Promise.all(tabs.map((tab) => tab.goto('/account')));
        for (const tab of tabs) await expectPath(tab, '/account');
    }
});

test('a sign-out in one tab leads the other tab to the sign-in by itself', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const one = await world.visitor({ as: someone });
    const other = await one.context().newPage();
    await one.goto('/my-assessments');
    await other.goto('/account');
    await signOut(one);
    await expectPath(one, '/login');
    await expectPath(other, '/login');
    await expectNowhere(other, someone.email);
});

test('a sign-out in one tab ends the other without JavaScript at its next click', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const one = await world.visitor({ js: false, as: someone });
    const other = await one.context().newPage();
    await one.goto('/my-assessments');
    await other.goto('/my-assessments');
    await signOut(one);
    await expectPath(one, '/login');
    await other.getByRole('navigation').getByRole('link').last().click();
    await expectPath(other, '/login');
});

for (const js of [true, false]) {
    test(`the way back after a sign-out shows nothing of the account, ${js ? 'with' : 'without'} JavaScript`, async (world) => {
        const someone = await registered(world, 'EMPLOYER', { firstName: 'Rosalind', company: 'Birkbeck' });
        const page = await world.visitor({ js, as: someone });
        await page.goto('/dashboard');
        await page.goto('/account');
        await signOut(page);
        await expectPath(page, '/login');
        for (let steps = 0; steps < 2; steps += 1) {
            await page.goBack();
            await expectPath(page, '/login');
            await expectNowhere(page, someone.email, 'Rosalind', 'Birkbeck');
        }
    });
}

test('a link on another site finds the person signed in', async (world) => {
    const someone = await registered(world, 'EMPLOYER');
    const site = await elsewhere({ '/': `<a href="${world.url('/dashboard')}">There</a>` });
    try {
        for (const js of [true, false]) {
            const page = await world.visitor({ js, as: someone });
            const asked = [];
            page.on('request', (request) => {
                if (request.isNavigationRequest()) asked.push(`${request.method()} ${request.url()}`);
            });
            await page.goto(site.url);
            await page.getByRole('link', { name: 'There' }).click();
            await expectGreeting(page, someone.firstName);
            await expectPath(page, '/dashboard');
            assert.ok(asked.length <= 3, `the link, its page, and at most one more: ${asked.join(', ')}`);
        }
        const stranger = await world.visitor();
        await stranger.goto(site.url);
        await stranger.getByRole('link', { name: 'There' }).click();
        await expectPath(stranger, '/login');
        await fillSignIn(stranger, someone);
        await expectPath(stranger, '/dashboard');
    } finally {
        site.close();
    }
});

test('a form on another site changes nothing', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const form = (path, name, value) =>
        `<form method="post" action="${world.url(path)}"><input name="${name}" value="${value}"><button>Go</button></form>`;
    const site = await elsewhere({
        '/out': form('/logout', 'a', 'b'),
        '/profile': form('/profile', 'location', 'Elsewhere'),
        '/in': form('/login', 'email', someone.email).replace(
            '<button>',
            `<input name="password" value="${someone.password}"><button>`,
        ),
    });
    try {
        const page = await world.visitor({ as: someone });
        for (const path of ['/out', '/profile', '/in']) {
            await page.goto(site.url + path);
            const [response] = await Promise.all([
                page.waitForResponse((response) => response.request().method() === 'POST'),
                page.getByRole('button', { name: 'Go' }).click(),
            ]);
            assert.equal(response.status(), 403, path);
        }
        await page.goto('/my-assessments');
        await expectGreeting(page, someone.firstName);
        assert.equal(await page.getByLabel(labels.location).inputValue(), '');

        const stranger = await world.visitor();
        await stranger.goto(`${site.url}/in`);
        await stranger.getByRole('button', { name: 'Go' }).click();
        await stranger.goto('/');
        await expectPath(stranger, '/login');
    } finally {
        site.close();
    }
});

test('the cookies are out of reach of scripts and of other sites, and nothing else is kept', async (world) => {
    const page = await world.visitor();
    await signIn(page, await registered(world, 'CANDIDATE'));
    await expectPath(page, HOMES.CANDIDATE);
    for (const name of [ACCESS, REFRESH]) {
        const { httpOnly, sameSite, path } = await cookie(page, name);
        assert.deepEqual({ httpOnly, sameSite, path }, { httpOnly: true, sameSite: 'Strict', path: '/' });
    }
    const kept = await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
    assert.deepEqual(kept.slice(1), [0, 0]);
    assert.doesNotMatch(kept[0], /token/);
});

test('the devices are listed, with this one named, and one of them or all others can be ended', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const firefox = (version) => `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
    const iphone =
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
    const mine = await world.visitor({ as: someone });
    const others = [];
    for (const userAgent of [firefox(139), firefox(140), iphone])
        others.push(await world.visitor({ as: someone, userAgent }));
    for (const page of others) await page.goto('/my-assessments');

    await mine.goto('/account');
    const devices = mine.locator('.device');
    assert.equal(await devices.filter({ hasText: messages.thisDevice }).count(), 1);
    assert.equal(await devices.filter({ hasText: 'Firefox' }).count(), 2);
    const before = await devices.count();
    await devices.filter({ hasText: 'iPhone' }).getByRole('button', { name: buttons.endDevice }).click();
    await until('the device to be gone', async () => (await devices.count()) === before - 1);
    await others[2].goto('/account');
    await expectPath(others[2], '/login');
    await others[0].goto('/account');
    await expectPath(others[0], '/account');

    await mine.getByRole('button', { name: buttons.endOthers }).click();
    await until('the others to be gone', async () => (await devices.count()) === 1);
    for (const page of others) {
        await page.goto('/my-assessments');
        await expectPath(page, '/login');
    }
    await mine.goto('/my-assessments');
    await expectPath(mine, '/my-assessments');
});

test('who was given another role is at home elsewhere from the next page on', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor({ as: someone });
    await page.goto('/my-assessments');
    const admin = await world.server.api.as(await administrator(world));
    await admin.send('PATCH', `/auth/admin/users/${someone.id}`, { role: 'EMPLOYER', company: 'Tech Corp' });
    await page.goto('/');
    await expectPath(page, '/dashboard');
});

test('who was deactivated is signed out at the next click', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor({ as: someone });
    await page.goto('/my-assessments');
    const admin = await world.server.api.as(await administrator(world));
    await admin.post(`/auth/admin/users/${someone.id}/deactivate`);
    await page.goto('/account');
    await expectPath(page, '/login');
    await expectNowhere(page, someone.email);
});
