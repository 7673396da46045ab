// What the links of mails do: prove an address, choose a password, change an address, invite.

import assert from 'node:assert/strict';

import { expectAlert, expectGreeting, expectPath, expectText, expectValue } from './harness/expect.js';
import { HOMES, administrator, person, press, registered, signIn, signUp, verified } from './harness/people.js';
import { suite } from './harness/suite.js';
import { buttons, labels, messages, sections } from './texts.js';

const test = suite();

const NEW_PASSWORD = 'another harbour before dusk';

test('a forgotten password is replaced by the link of a mail', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor();
    await page.goto('/forgot-password');
    await page.getByLabel(labels.email, { exact: true }).fill(someone.email);
    await press(page, buttons.sendMail);
    await expectText(page, messages.mailIsOnItsWay);
    const mail = await world.server.mails.to(someone.email, '/reset-password');

    await page.goto(mail.link);
    await page.getByLabel(labels.newPassword, { exact: true }).fill(NEW_PASSWORD);
    await press(page, buttons.savePassword);
    await expectText(page, messages.passwordChanged);

    await signIn(page, someone);
    await expectAlert(page, messages.invalidCredentials);
    await signIn(page, { ...someone, password: NEW_PASSWORD });
    await expectPath(page, HOMES.CANDIDATE);

    const response = await page.goto(mail.link);
    assert.equal(response.status(), 200, 'to open a link changes nothing and tells nothing');
});

test('a new password that is refused leaves the link good', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    await world.server.api.post('/auth/forgot-password', { email: someone.email });
    const page = await world.visitor({ js: false });
    await page.goto((await world.server.mails.to(someone.email, '/reset-password')).link);
    const field = page.getByLabel(labels.newPassword, { exact: true });
    await field.evaluate((input) => (input.form.noValidate = true));
    await field.fill('short');
    await press(page, buttons.savePassword);
    await page.getByRole('alert').first().waitFor();
    assert.equal(await field.inputValue(), '');
    await field.fill(NEW_PASSWORD);
    await press(page, buttons.savePassword);
    await expectText(page, messages.passwordChanged);
});

test('a link that was used says that it is over', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const mail = await world.server.mails.to(someone.email, '/verify-email');
    const page = await world.visitor();
    await page.goto(mail.link);
    await press(page, buttons.verify);
    await expectText(page, messages.addressConfirmed);
    await page.goto(mail.link);
    await press(page, buttons.verify);
    await expectText(page, messages.linkIsOver);
});

test('an address is proven by a button, and not by opening the link', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const mail = await world.server.mails.to(someone.email, '/verify-email');
    const api = await world.server.api.as(someone);
    const isProven = async () => (await api.send('GET', '/auth/me')).user.emailVerified;
    const page = await world.visitor();
    for (let opened = 0; opened < 3; opened += 1) await page.goto(mail.link);
    assert.equal(await isProven(), false);
    await press(page, buttons.verify);
    await expectText(page, messages.addressConfirmed);
    assert.equal(await isProven(), true);
});

test('another mail to prove the address can be asked for', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    await world.server.mails.to(someone.email, '/verify-email');
    const page = await world.visitor();
    await page.goto('/resend-verification');
    await page.getByLabel(labels.email, { exact: true }).fill(someone.email);
    await press(page, buttons.sendMail);
    await expectText(page, messages.mailIsOnItsWay);
    await page.goto((await world.server.mails.to(someone.email, '/verify-email')).link);
    await press(page, buttons.verify);
    await expectText(page, messages.addressConfirmed);
});

for (const role of ['ADMIN', 'EMPLOYER']) {
    test(`an invitation for ${role} signs up without a choice of role and leads home`, async (world) => {
        const guest = person(role, {
            role: undefined,
            firstName: 'Mary',
            company: role === 'EMPLOYER' ? 'Royal Society' : undefined,
        });
        const admin = await world.server.api.as(await administrator(world));
        await admin.post('/auth/admin/invitations', { email: guest.email, role });
        const mail = await world.server.mails.to(guest.email, '/register');
        const page = await world.visitor();
        await page.goto(mail.link);
        assert.equal(await page.getByRole('radio').count(), 0);
        await page.getByLabel(labels.firstName, { exact: true }).fill(guest.firstName);
        await page.getByLabel(labels.lastName, { exact: true }).fill(guest.lastName);
        const address = page.getByLabel(labels.email, { exact: true });
        if (await address.isEditable()) await address.fill(guest.email);
        await page.getByLabel(labels.password, { exact: true }).fill(guest.password);
        if (guest.company) await page.getByLabel(labels.company).fill(guest.company);
        await press(page, buttons.signUp);
        await expectPath(page, HOMES[role]);
        await expectGreeting(page, 'Mary');
    });
}

test('a role that is not self-service cannot be forced into the form', async (world) => {
    const page = await world.visitor();
    await page.goto('/register');
    await page.getByRole('radio', { name: labels.candidate }).evaluate((input) => (input.value = 'ADMIN'));
    const someone = person('CANDIDATE');
    await page.getByLabel(labels.firstName, { exact: true }).fill(someone.firstName);
    await page.getByLabel(labels.lastName, { exact: true }).fill(someone.lastName);
    await page.getByLabel(labels.email, { exact: true }).fill(someone.email);
    await page.getByLabel(labels.password, { exact: true }).fill(someone.password);
    await page.getByRole('radio').first().check();
    await press(page, buttons.signUp);
    await page.getByRole('alert').first().waitFor();
    await signIn(page, someone);
    await expectAlert(page, messages.invalidCredentials);
});

test('another address is asked for, confirmed by a mail, and can be undone by the old one', async (world) => {
    const someone = await verified(world, 'CANDIDATE');
    const moved = `moved-${someone.email}`;
    const page = await world.visitor({ as: someone });
    await page.goto('/account');
    const section = page.getByRole('region', { name: sections.email, exact: true });
    await section.getByLabel(labels.newEmail).fill(moved);
    await section.getByLabel(labels.currentPassword, { exact: true }).fill(someone.password);
    await section.getByRole('button', { name: buttons.changeEmail }).click();
    await expectText(page, messages.checkNewAddress);

    await page.goto((await world.server.mails.to(moved, '/confirm-email')).link);
    await press(page, buttons.confirmEmail);
    await expectText(page, messages.addressChanged);
    const fresh = await world.visitor();
    await signIn(fresh, { ...someone, email: moved });
    await expectPath(fresh, HOMES.CANDIDATE);

    await page.goto((await world.server.mails.to(someone.email, '/undo-email-change')).link);
    await press(page, buttons.undoEmail);
    await fresh.goto('/account');
    await expectPath(fresh, '/login');
    const mail = await world.server.mails.to(someone.email, '/reset-password');
    await page.goto(mail.link);
    await page.getByLabel(labels.newPassword, { exact: true }).fill(NEW_PASSWORD);
    await press(page, buttons.savePassword);
    await signIn(page, { ...someone, password: NEW_PASSWORD });
    await expectPath(page, HOMES.CANDIDATE);
});

test('that was not me: every session ends by the link of a mail', async (world) => {
    const someone = await verified(world, 'EMPLOYER');
    const stranger = await world.visitor({
        as: someone,
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    });
    await stranger.goto('/dashboard');
    await expectGreeting(stranger, someone.firstName);
    const page = await world.visitor();
    await page.goto((await world.server.mails.to(someone.email, '/not-me')).link);
    await press(page, buttons.notMe);
    await world.server.mails.to(someone.email, '/reset-password');
    await stranger.goto('/dashboard');
    await expectPath(stranger, '/login');
});

test('an account that is going to be deleted is kept by its owner', async (world) => {
    const someone = await verified(world, 'CANDIDATE');
    const api = await world.server.api.as(someone);
    await api.send('DELETE', '/auth/me', { password: someone.password });
    const mail = await world.server.mails.to(someone.email, '/keep-account');
    const page = await world.visitor();
    await page.goto(mail.link);
    await page.getByLabel(labels.identifier).fill(someone.email);
    await page.getByLabel(labels.password, { exact: true }).fill(someone.password);
    await press(page, buttons.keepAccount);
    await page.waitForURL((url) => url.pathname !== '/keep-account');
    await page.goto('/');
    await expectPath(page, HOMES.CANDIDATE);
});

test('a person who signed up and proves the address in the same browser stays signed in', async (world) => {
    const someone = person('CANDIDATE');
    const page = await world.visitor();
    await signUp(page, someone);
    await expectPath(page, HOMES.CANDIDATE);
    await page.goto((await world.server.mails.to(someone.email, '/verify-email')).link);
    await press(page, buttons.verify);
    await expectText(page, messages.addressConfirmed);
    await page.goto('/account');
    await expectPath(page, '/account');
    await expectValue(page.getByLabel(labels.firstName, { exact: true }).first(), someone.firstName);
});
