// What people do first: sign up, sign in and out, each role to its home.

import assert from 'node:assert/strict';

import { expectAlert, expectGreeting, expectPath, expectText, expectValue } from './harness/expect.js';
import {
    HOMES,
    administrator,
    fillSignIn,
    fillSignUp,
    person,
    press,
    registered,
    signIn,
    signOut,
    signUp,
} from './harness/people.js';
import { suite } from './harness/suite.js';
import { until } from './harness/until.js';
import { buttons, labels, links, messages } from './texts.js';

const test = suite();

for (const role of ['CANDIDATE', 'EMPLOYER']) {
    test(`a sign-up as ${role} leads home, is greeted by name, and the sign-out leads to the sign-in`, async (world) => {
        const page = await world.visitor();
        const someone = person(role, { firstName: 'Ada' });
        await signUp(page, someone);
        await expectPath(page, HOMES[role]);
        await expectGreeting(page, 'Ada');
        await signOut(page);
        await expectPath(page, '/login');
        await expectText(page, messages.signedOut);
    });

    test(`a sign-in as ${role} leads home, is greeted by name, and the sign-out leads to the sign-in`, async (world) => {
        const someone = await registered(world, role, { firstName: 'Grace' });
        const page = await world.visitor();
        await signIn(page, someone);
        await expectPath(page, HOMES[role]);
        await expectGreeting(page, 'Grace');
        await signOut(page);
        await expectPath(page, '/login');
    });
}

test('an administrator whom the command line made is led home, is greeted by name, and signs out', async (world) => {
    const admin = await administrator(world);
    const page = await world.visitor();
    await signIn(page, admin);
    await expectPath(page, '/admin');
    await expectGreeting(page, admin.firstName);
    await signOut(page);
    await expectPath(page, '/login');
});

test('who signs up chooses a role, and only an employer names a company', async (world) => {
    const page = await world.visitor();
    await page.goto('/register');
    await page.getByRole('radio', { name: labels.candidate }).check();
    assert.equal(await page.getByLabel(labels.company).isVisible(), false);
    await page.getByRole('radio', { name: labels.employer }).check();
    assert.equal(await page.getByLabel(labels.company).isVisible(), true);
    assert.equal(await page.getByRole('radio', { name: labels.administrator }).count(), 0);
});

test('the company that an employer names is on the home page', async (world) => {
    const page = await world.visitor();
    await signUp(page, person('EMPLOYER', { company: 'Analytical Engines' }));
    await expectPath(page, '/dashboard');
    await expectValue(page.getByLabel(labels.company).first(), 'Analytical Engines');
});

test('a sign-up with a taken address says so and keeps all but the password', async (world) => {
    const someone = await registered(world, 'EMPLOYER');
    const page = await world.visitor();
    await signUp(page, { ...someone, firstName: 'Another', company: 'Another Corp' });
    await expectAlert(page, messages.userExists);
    assert.equal(await page.getByLabel(labels.email, { exact: true }).inputValue(), someone.email);
    assert.equal(await page.getByLabel(labels.firstName, { exact: true }).inputValue(), 'Another');
    assert.equal(await page.getByLabel(labels.company).inputValue(), 'Another Corp');
    assert.equal(await page.getByRole('radio', { name: labels.employer }).isChecked(), true);
    assert.equal(await page.getByLabel(labels.password, { exact: true }).inputValue(), '');
});

test('what a sign-up lacks is said at its field, before anything is sent', async (world) => {
    const page = await world.visitor();
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.goto('/register');
    await fillSignUp(page, person('CANDIDATE', { email: 'no-address' }));
    await press(page, buttons.signUp);
    const field = page.getByLabel(labels.email, { exact: true });
    await until('the field to be marked', async () => (await field.getAttribute('aria-invalid')) === 'true');
    const error = page.locator(`[id="${(await field.getAttribute('aria-describedby')).split(' ').at(-1)}"]`);
    assert.match(await error.textContent(), /@/);
    assert.ok(await field.evaluate((input) => input === document.activeElement), 'the field has the focus');
    assert.deepEqual(sent, []);
    await field.fill(person('CANDIDATE').email);
    assert.equal(await field.getAttribute('aria-invalid'), null);
    await press(page, buttons.signUp);
    await expectPath(page, HOMES.CANDIDATE);
});

test('a wrong password is refused by a message, and the address typed is kept', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor();
    await signIn(page, { ...someone, password: 'not the password at all' });
    await expectAlert(page, messages.invalidCredentials);
    await expectPath(page, '/login');
    assert.equal(await page.getByLabel(labels.identifier).inputValue(), someone.email);
    assert.equal(await page.getByLabel(labels.password, { exact: true }).inputValue(), '');
    await fillSignIn(page, someone);
    await expectPath(page, HOMES.CANDIDATE);
});

test('an unknown address is refused by the same page as a wrong password', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor();
    const refusal = async (email) => {
        await signIn(page, { email, password: 'not the password at all' });
        await expectAlert(page, messages.invalidCredentials);
        return (await page.getByRole('main').innerHTML()).replaceAll(email, '').replace(/id="[^"]*"/g, '');
    };
    assert.equal(await refusal('nobody-at-all@example.com'), await refusal(someone.email));
});

test('a username signs in as well', async (world) => {
    const someone = await registered(world, 'CANDIDATE', { username: 'countess' });
    const page = await world.visitor();
    await signIn(page, { ...someone, email: 'countess' });
    await expectPath(page, HOMES.CANDIDATE);
});

test('a deactivated account is told so, after the right password only', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const admin = await world.server.api.as(await administrator(world));
    await admin.post(`/auth/admin/users/${someone.id}/deactivate`);
    const page = await world.visitor();
    await signIn(page, someone);
    await expectAlert(page, messages.deactivated);
    await signIn(page, { ...someone, password: 'not the password at all' });
    await expectAlert(page, messages.invalidCredentials);
});

test('the sign-in, the sign-up and the forgotten password lead to each other', async (world) => {
    const page = await world.visitor();
    await page.goto('/login');
    const main = page.getByRole('main');
    await main.getByRole('link', { name: links.toSignUp }).click();
    await expectPath(page, '/register');
    await main.getByRole('link', { name: links.toSignIn }).click();
    await expectPath(page, '/login');
    await main.getByRole('link', { name: links.toForgotten }).click();
    await expectPath(page, '/forgot-password');
    await main.getByRole('link', { name: links.toSignIn }).click();
    await expectPath(page, '/login');
});

test('who is signed in and asks for the sign-in or the sign-up is led home', async (world) => {
    const page = await world.visitor({ as: await registered(world, 'EMPLOYER') });
    for (const path of ['/login', '/register', '/']) {
        await page.goto(path);
        await expectPath(page, HOMES.EMPLOYER);
    }
});

test('who is signed out and asks for a page signs in and is led there', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor();
    await page.goto('/account?section=devices');
    await expectPath(page, '/login');
    await fillSignIn(page, someone);
    await expectPath(page, '/account');
    assert.equal(new URL(page.url()).search, '?section=devices');
});

test('a sign-in leads to no other site, whatever returnTo says', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const elsewhere = [
        '//evil.example/',
        'https://evil.example/',
        '/\\evil.example/',
        '\\\\evil.example/',
        '/\t/evil.example/',
        'javascript:alert(1)',
        'data:text/html,evil',
        'account',
        '/%2F/../%2fevil.example',
        '///evil.example',
    ];
    const page = await world.visitor();
    for (const returnTo of elsewhere) {
        await page.context().clearCookies();
        await signIn(page, someone, `/login?returnTo=${encodeURIComponent(returnTo)}`);
        await page.waitForURL((url) => url.pathname !== '/login');
        assert.equal(new URL(page.url()).origin, world.server.url, returnTo);
    }
});

test('a page of another role is refused as a page, and offers the way home', async (world) => {
    const page = await world.visitor({ as: await registered(world, 'CANDIDATE') });
    for (const path of ['/admin', '/admin/users', '/admin/invitations', '/admin/audit-events', '/admin/users/new']) {
        const response = await page.goto(path);
        assert.equal(response.status(), 403, path);
        assert.match(response.headers()['content-type'], /text\/html/);
    }
    const home = page.getByRole('link').and(page.locator('[href="/"], [href="/my-assessments"]'));
    await home.first().click();
    await expectPath(page, HOMES.CANDIDATE);
});

test('people take their data along as a file, twice if they like', async (world) => {
    const someone = await registered(world, 'CANDIDATE', { firstName: 'Hedy' });
    const page = await world.visitor({ as: someone });
    await page.goto('/account');
    for (let times = 0; times < 2; times += 1) {
        const coming = page.waitForEvent('download');
        await press(page, buttons.download);
        const chunks = await (await (await coming).createReadStream()).toArray();
        const file = JSON.parse(Buffer.concat(chunks).toString());
        assert.equal(file.user.email, someone.email);
        assert.equal(file.user.firstName, 'Hedy');
    }
});
