// The main ways through the pages, without JavaScript.

import assert from 'node:assert/strict';

import { expectAlert, expectGreeting, expectPath, expectText, expectValue } from './harness/expect.js';
import {
    HOMES,
    administrator,
    fillSignUp,
    person,
    press,
    registered,
    signIn,
    signOut,
    signUp,
} from './harness/people.js';
import { suite } from './harness/suite.js';
import { buttons, labels, messages, sections } from './texts.js';

const test = suite();

const visitor = (world, more) => world.visitor({ js: false, ...more });

for (const role of ['CANDIDATE', 'EMPLOYER']) {
    test(`${role}: sign-up, sign-out, sign-in`, async (world) => {
        const someone = person(role);
        const page = await visitor(world);
        await signUp(page, someone);
        await expectPath(page, HOMES[role]);
        await expectGreeting(page, someone.firstName);
        await signOut(page);
        await expectPath(page, '/login');
        await signIn(page, someone);
        await expectPath(page, HOMES[role]);
    });
}

test('an administrator signs in and out', async (world) => {
    const page = await visitor(world);
    await signIn(page, await administrator(world));
    await expectPath(page, '/admin');
    await signOut(page);
    await expectPath(page, '/login');
});

test('the company is asked of employers only', async (world) => {
    const page = await visitor(world);
    await page.goto('/register');
    await page.getByRole('radio', { name: labels.candidate }).check();
    assert.equal(await page.getByLabel(labels.company).isVisible(), false);
    await page.getByRole('radio', { name: labels.employer }).check();
    assert.equal(await page.getByLabel(labels.company).isVisible(), true);
});

test('a refused sign-in says why and keeps the address', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await visitor(world);
    await signIn(page, { ...someone, password: 'not the password at all' });
    await expectAlert(page, messages.invalidCredentials);
    assert.equal(await page.getByLabel(labels.identifier).inputValue(), someone.email);
});

test('a refused sign-up says at each field what is wrong, and keeps what was typed', async (world) => {
    const page = await visitor(world);
    await page.goto('/register');
    await fillSignUp(
        page,
        person('EMPLOYER', { email: 'no-address', password: 'short', firstName: 'Émilie', company: '' }),
    );
    await page.locator('main form').evaluate((form) => (form.noValidate = true));
    await press(page, buttons.signUp);
    await page.getByRole('alert').first().waitFor();
    await page.waitForLoadState();
    for (const label of [labels.email, labels.password, labels.company]) {
        const field = page.getByLabel(label, { exact: true });
        assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
        const described = (await field.getAttribute('aria-describedby')).split(' ');
        assert.ok(
            described.some((id) => id.endsWith('error')),
            `${label} is described by its error`,
        );
        for (const id of described) assert.equal(await page.locator(`[id="${id}"]`).count(), 1);
    }
    assert.equal(await page.getByLabel(labels.firstName, { exact: true }).inputValue(), 'Émilie');
    assert.equal(await page.getByLabel(labels.email, { exact: true }).inputValue(), 'no-address');
    assert.equal(await page.getByLabel(labels.password, { exact: true }).inputValue(), '');
    assert.equal(await page.getByRole('radio', { name: labels.employer }).isChecked(), true);
    assert.match(await page.title(), messages.error);
});

test('a profile is saved, and says so once', async (world) => {
    const page = await visitor(world, { as: await registered(world, 'CANDIDATE') });
    await page.goto('/my-assessments');
    await page.getByLabel(labels.title).fill('Engineer');
    await page.getByLabel(labels.location).fill('Turin');
    await page.getByLabel(labels.phone).fill('+39 011 1234');
    await page.getByLabel(labels.skills).fill('Rust\nSQL');
    await press(page, buttons.saveProfile);
    await expectText(page, messages.saved);
    await expectPath(page, '/my-assessments');
    await expectValue(page.getByLabel(labels.title), 'Engineer');
    await expectValue(page.getByLabel(labels.phone), '+39 011 1234');
    assert.match(await page.getByLabel(labels.skills).inputValue(), /Rust.*SQL/s);
    await page.reload();
    assert.equal(await page.getByRole('main').getByText(messages.saved).count(), 0);
    await expectValue(page.getByLabel(labels.location), 'Turin');
});

test('a sent form is not sent again by a reload', async (world) => {
    const page = await visitor(world, { as: await registered(world, 'EMPLOYER') });
    await page.goto('/dashboard');
    await page.getByLabel(labels.company).first().fill('Another Corp');
    await press(page, buttons.saveProfile);
    await expectText(page, messages.saved);
    const posts = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await page.reload();
    assert.deepEqual(posts, []);
});

test('a changed password signs in, and the old one does not', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await visitor(world, { as: someone });
    await page.goto('/account');
    const section = page.getByRole('region', { name: sections.password, exact: true });
    await section.getByLabel(labels.currentPassword, { exact: true }).fill(someone.password);
    await section.getByLabel(labels.newPassword, { exact: true }).fill('another harbour before dusk');
    await section.getByRole('button', { name: buttons.changePassword }).click();
    await expectText(page, messages.passwordChanged);
    await signOut(page);
    await signIn(page, someone);
    await expectAlert(page, messages.invalidCredentials);
    await signIn(page, { ...someone, password: 'another harbour before dusk' });
    await expectPath(page, HOMES.CANDIDATE);
});

test('the other language is chosen by a button and stays chosen', async (world) => {
    const page = await visitor(world);
    await page.goto('/login');
    await page.getByRole('button', { name: buttons.german }).click();
    await expectPath(page, '/login');
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    await page.goto('/register');
    assert.equal(await page.locator('html').getAttribute('lang'), 'de');
});

test('an account is deleted after its password, and not before', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await visitor(world, { as: someone });
    await page.goto('/account');
    const section = page.getByRole('region', { name: sections.delete });
    const tryWith = async (password) => {
        if (!(await section.getByLabel(labels.currentPassword).isVisible())) await section.locator('summary').click();
        await section.getByLabel(labels.currentPassword, { exact: true }).fill(password);
        await section.getByRole('button', { name: buttons.deleteAccount }).click();
    };
    await tryWith('not the password at all');
    await page.getByRole('alert').first().waitFor();
    // Only then it is known whether what is to be opened is open.
    await page.waitForLoadState();
    await tryWith(someone.password);
    await expectPath(page, '/login');
    await page.goto('/my-assessments');
    await expectPath(page, '/login');
});

test('an administrator finds a person, deactivates them and lets them in again', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await visitor(world, { as: await administrator(world) });
    await page.goto('/admin/users');
    await page.getByLabel(labels.search).fill(someone.email);
    await press(page, buttons.filter);
    await page.getByRole('row').filter({ hasText: someone.email }).getByRole('link').click();
    await expectPath(page, `/admin/users/${someone.id}`);
    await page.locator('summary').filter({ hasText: buttons.deactivate }).click();
    await press(page, buttons.deactivate);
    const activate = page.getByRole('button', { name: buttons.activate, exact: true });
    await activate.waitFor();
    const theirs = await visitor(world);
    await signIn(theirs, someone);
    await expectAlert(theirs, messages.deactivated);
    await activate.click();
    await page.locator('summary').filter({ hasText: buttons.deactivate }).waitFor();
    await signIn(theirs, someone);
    await expectPath(theirs, HOMES.CANDIDATE);
});
