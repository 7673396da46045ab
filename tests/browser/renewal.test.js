// Sessions go on when their access token ends, and nobody notices.

import assert from 'node:assert/strict';

import { expectPath, expectValue } from './harness/expect.js';
import { HOMES, fillSignIn, registered, signIn } from './harness/people.js';
import { suite } from './harness/suite.js';
import { until } from './harness/until.js';
import { buttons, labels, messages } from './texts.js';

// As short as it can be.
const test = suite({ TOKENS__ACCESS_TTL: '1s' });

const ACCESS = 'token';
const REFRESH = 'refresh_token';

async function cookie(page, name) {
    return (await page.context().cookies()).find((cookie) => cookie.name === name);
}

/** Waits until the access token of the page's browser has ended. */
async function expired(page) {
    const { value } = await cookie(page, ACCESS);
    const { exp } = JSON.parse(Buffer.from(value.split('.')[1], 'base64url'));
    await until('the access token to end', () => Date.now() > exp * 1000);
}

test('an access token that has ended is renewed on the next page', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await world.visitor();
    await signIn(page, someone);
    await expectPath(page, HOMES.CANDIDATE);
    const [access, refresh] = [await cookie(page, ACCESS), await cookie(page, REFRESH)];
    await expired(page);
    await page.goto('/account');
    await expectPath(page, '/account');
    assert.notEqual((await cookie(page, ACCESS)).value, access.value);
    assert.notEqual((await cookie(page, REFRESH)).value, refresh.value);
});

for (const js of [true, false]) {
    test(`a form that was filled in before the access token ended is not lost, ${js ? 'with' : 'without'} JavaScript`, async (world) => {
        const page = await world.visitor({ js, as: await registered(world, 'CANDIDATE') });
        await page.goto('/my-assessments');
        await page.getByLabel(labels.location).fill('Lyme Regis');
        await expired(page);
        await page.getByRole('main').getByRole('button', { name: buttons.saveProfile }).first().click();
        await page.getByText(messages.saved).first().waitFor();
        await expectValue(page.getByLabel(labels.location), 'Lyme Regis');
    });
}

test('the choice to stay signed in decides whether the session outlives the browser', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    for (const stays of [true, false]) {
        const page = await world.visitor();
        await page.goto('/login');
        await page.getByRole('checkbox', { name: labels.rememberMe }).setChecked(stays);
        await fillSignIn(page, someone);
        await expectPath(page, HOMES.CANDIDATE);
        const outlives = async () => (await cookie(page, REFRESH)).expires > 0;
        assert.equal(await outlives(), stays);
        await expired(page);
        await page.goto('/account');
        assert.equal(await outlives(), stays, 'after a renewal');
    }
});
