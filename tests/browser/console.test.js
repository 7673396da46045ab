// The administrator's console, where a script or the whole way through matters.

import assert from 'node:assert/strict';

import { expectGreeting, expectPath, expectText } from './harness/expect.js';
import { administrator, person, press, registered, tokenOf, verified } from './harness/people.js';
import { suite } from './harness/suite.js';
import { until } from './harness/until.js';
import { buttons, labels, messages } from './texts.js';

const test = suite();

test('the audit log shows what happens while it is watched, and no longer when it is not', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor({ as: await administrator(world) });
    await page.goto('/admin/audit-events');
    const first = page.locator('ol.events > li').first();
    const before = await first.getAttribute('data-id');
    const live = page.getByRole('button', { name: buttons.live });
    await live.click();
    await world.server.api.post('/auth/login', { email: someone.email, password: someone.password });
    await until('a row on top', async () => (await first.getAttribute('data-id')) !== before);
    await live.click();
    assert.equal(await live.getAttribute('aria-pressed'), 'false');
});

test('an administrator invites another, who comes by the mail and is at home in the console', async (world) => {
    const admin = await world.visitor({ as: await administrator(world) });
    const guest = person('ADMIN', { firstName: 'Margaret' });
    await admin.goto('/admin/invitations');
    await admin.getByLabel(labels.email, { exact: true }).fill(guest.email);
    await admin.getByRole('radio', { name: labels.administrator }).check();
    await press(admin, buttons.invite);
    await expectText(admin, guest.email);
    const mail = await world.server.mails.to(guest.email, '/register');
    assert.ok(tokenOf(mail));
    const page = await world.visitor();
    await page.goto(mail.link);
    await page.getByLabel(labels.firstName, { exact: true }).fill(guest.firstName);
    await page.getByLabel(labels.lastName, { exact: true }).fill(guest.lastName);
    await page.getByLabel(labels.email, { exact: true }).fill(guest.email);
    await page.getByLabel(labels.password, { exact: true }).fill(guest.password);
    await press(page, buttons.signUp);
    await expectPath(page, '/admin');
    await expectGreeting(page, 'Margaret');
});

test('the next key is published, the one that signs is revoked, and everybody goes on', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const [admin, page] = [await world.visitor({ as: await administrator(world) }), await world.visitor({ as: someone })];
    const token = async () => (await page.context().cookies()).find(({ name }) => name === 'token').value;
    const statusWith = async (token) => {
        const headers = { Authorization: `Bearer ${token}` };
        return (await fetch(world.url('/auth/me'), { headers })).status;
    };
    const keys = admin.locator('tbody tr');
    const keyOf = (row) => row.locator('td').first().innerText();

    await admin.goto('/admin/keys');
    await press(admin, buttons.publishKey);
    await expectText(admin, messages.keyPublished);
    assert.equal(await admin.getByRole('button', { name: buttons.publishKey }).count(), 0);
    const [next, signing] = [await keyOf(keys.nth(0)), await keyOf(keys.nth(1))];

    await page.goto('/my-assessments');
    const before = await token();
    assert.equal(await statusWith(before), 200);
    await admin.locator('summary').filter({ hasText: buttons.revokeSigningKey }).click();
    await press(admin, buttons.revokeSigningKey);
    await expectText(admin, messages.keyRevoked);
    await expectPath(admin, '/admin/keys');
    assert.deepEqual([await keyOf(keys.nth(0)), await keyOf(keys.nth(1))], [next, signing]);
    assert.match(await keys.nth(0).innerText(), /Signs/);
    assert.match(await keys.nth(1).innerText(), /Revoked/);

    assert.equal(await statusWith(before), 401);
    await page.goto('/account');
    await expectPath(page, '/account');
    assert.equal(await statusWith(await token()), 200);
});

test('who is given another role is at home elsewhere, with the profile of it', async (world) => {
    const someone = await verified(world, 'CANDIDATE', { firstName: 'Radia' });
    const [admin, page] = [await world.visitor({ as: await administrator(world) }), await world.visitor({ as: someone })];
    await admin.goto(`/admin/users/${someone.id}`);
    await admin.getByRole('radio', { name: labels.employer }).check();
    await admin.getByLabel(labels.company).fill('Sun Microsystems');
    await press(admin, buttons.changeRole);
    await expectText(admin, messages.saved);
    await page.goto('/my-assessments');
    await expectPath(page, '/dashboard');
    assert.equal(await page.getByLabel(labels.company).inputValue(), 'Sun Microsystems');
});
