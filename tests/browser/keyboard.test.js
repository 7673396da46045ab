// Everything with the keyboard alone, and what has the focus is seen.

import assert from 'node:assert/strict';

import { expectGreeting, expectPath, expectText, expectValue } from './harness/expect.js';
import { HOMES, person, registered } from './harness/people.js';
import { suite } from './harness/suite.js';
import { buttons, labels, links, messages } from './texts.js';

const test = suite();

/** The most stops that a page may have before what is looked for. */
const STOPS = 60;

// Whatever moves would be compared while it moves.
const visitor = (world, more) => world.visitor({ reducedMotion: 'reduce', ...more });

/** Presses Tab until this has the focus. Every stop on the way must be seen. */
async function tabTo(page, target) {
    for (let stop = 0; stop < STOPS; stop += 1) {
        await page.keyboard.press('Tab');
        await expectFocusSeen(page);
        if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    assert.fail(`${target} was not reached by ${STOPS} tabs on ${page.url()}`);
}

/** Types into the field that Tab leads to. */
async function type(page, label, text) {
    const options = typeof label === 'string' ? { exact: true } : {};
    await tabTo(page, page.getByLabel(label, options).first());
    await page.keyboard.type(text);
}

/** Goes to the button by Tab and presses it. */
async function pressByKey(page, button, key = 'Enter') {
    await tabTo(page, button);
    await page.keyboard.press(key);
}

/** What has the focus, or what it stands in, looks otherwise than without. */
async function expectFocusSeen(page) {
    const unseen = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused === document.body) return null;
        const around = [focused, focused.parentElement, focused.parentElement?.parentElement].filter(Boolean);
        const look = () =>
            around.map((element) => {
                const style = getComputedStyle(element);
                return [
                    style.outlineStyle,
                    style.outlineWidth,
                    style.outlineColor,
                    style.boxShadow,
                    style.borderColor,
                ].join(' ');
            });
        const withFocus = look();
        const marked = focused.matches(':focus-visible');
        focused.blur();
        const without = look();
        focused.focus();
        const box = focused.getBoundingClientRect();
        const hidden = box.width < 1 || box.height < 1 || box.right < 0 || box.bottom < 0;
        const seen = marked && !hidden && withFocus.some((style, at) => style !== without[at]);
        return seen ? null : focused.outerHTML.slice(0, 200);
    });
    assert.equal(unseen, null, `the focus is not seen on ${page.url()}`);
}

const signOutButton = (page) => page.getByRole('banner').getByRole('button', { name: buttons.signOut });
const mainButton = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).first();

test('the first stop skips to the content', async (world) => {
    const page = await visitor(world);
    for (const path of ['/login', '/register', '/forgot-password']) {
        await page.goto(path);
        await page.evaluate(() => document.activeElement?.blur());
        await page.locator('body').press('Tab');
        const skip = page.getByRole('link', { name: links.skip });
        if (!(await skip.evaluate((element) => element === document.activeElement))) {
            // Where a field has the focus from the start, the link comes before it.
            await page.reload();
            for (let back = 0; back < STOPS; back += 1) {
                await page.keyboard.press('Shift+Tab');
                if (await skip.evaluate((element) => element === document.activeElement)) break;
            }
        }
        assert.ok(await skip.evaluate((element) => element === document.activeElement), `${path} has the link`);
        await expectFocusSeen(page);
        await page.keyboard.press('Enter');
        await page.keyboard.press('Tab');
        const inMain = await page.evaluate(() => document.querySelector('main').contains(document.activeElement));
        assert.ok(inMain, `after the link, ${path} goes on in its main part`);
    }
});

for (const role of ['CANDIDATE', 'EMPLOYER']) {
    test(`a sign-up as ${role} and a sign-out`, async (world) => {
        const someone = person(role);
        const page = await visitor(world);
        await page.goto('/register');
        // Fields that have the focus from the start are left, to begin where everyone begins.
        await page.evaluate(() => document.activeElement?.blur());
        const radio = page.getByRole('radio', { name: labels[role.toLowerCase()] });
        await page.getByRole('radio').first().focus();
        await page.keyboard.press('Space');
        for (let step = 0; step < 3 && !(await radio.isChecked()); step += 1) await page.keyboard.press('ArrowDown');
        assert.equal(await radio.isChecked(), true);
        await expectFocusSeen(page);
        const fields = {
            firstName: labels.firstName,
            lastName: labels.lastName,
            email: labels.email,
            password: labels.password,
        };
        const values = new Map(Object.entries(fields).map(([name, label]) => [label, someone[name]]));
        if (role === 'EMPLOYER') values.set(labels.company, someone.company);
        await fillInOrder(page, values);
        await pressByKey(page, mainButton(page, buttons.signUp));
        await expectPath(page, HOMES[role]);
        await pressByKey(page, signOutButton(page), 'Space');
        await expectPath(page, '/login');
    });
}

/** Fills in the fields as Tab comes to them, whatever their order. */
async function fillInOrder(page, values) {
    const left = new Map(values);
    for (let stop = 0; stop < STOPS && left.size > 0; stop += 1) {
        await page.keyboard.press('Tab');
        await expectFocusSeen(page);
        for (const [label, value] of left) {
            const field = page.getByLabel(label, { exact: typeof label === 'string' });
            if (!(await field.evaluate((element) => element === document.activeElement))) continue;
            await page.keyboard.type(value);
            left.delete(label);
        }
    }
    assert.deepEqual([...left.keys()], [], 'fields that Tab does not lead to');
}

test('a sign-in that is refused, one that is not, and a sign-out', async (world) => {
    const someone = await registered(world, 'CANDIDATE');
    const page = await visitor(world);
    await page.goto('/login');
    await page.evaluate(() => document.activeElement?.blur());
    await page.getByRole('link', { name: links.skip }).focus();
    await type(page, labels.identifier, someone.email);
    await type(page, labels.password, 'not the password at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').first().waitFor();
    // The script of the page has given the focus to whom it gives it.
    await page.waitForLoadState();
    await page.getByRole('link', { name: links.skip }).focus();
    await type(page, labels.password, someone.password);
    await tabTo(page, page.getByRole('checkbox', { name: labels.rememberMe }));
    await page.keyboard.press('Space');
    await pressByKey(page, mainButton(page, buttons.signIn));
    await expectPath(page, HOMES.CANDIDATE);
    await pressByKey(page, signOutButton(page));
    await expectPath(page, '/login');
});

test('a profile is changed', async (world) => {
    const page = await visitor(world, { as: await registered(world, 'CANDIDATE') });
    await page.goto('/my-assessments');
    await expectGreeting(page, 'Jane');
    await type(page, labels.location, 'Cambridge');
    await pressByKey(page, mainButton(page, buttons.saveProfile));
    await expectText(page, messages.saved);
    await expectValue(page.getByLabel(labels.location), 'Cambridge');
});

test('every stop of a page is seen, and Tab leads on to the end', async (world) => {
    const someone = await registered(world, 'EMPLOYER');
    const page = await visitor(world, { as: someone });
    for (const path of ['/dashboard', '/account']) {
        await page.goto(path);
        await page.evaluate(() => document.activeElement?.blur());
        const german = page.getByRole('button', { name: buttons.german });
        await tabTo(page, german);
    }
});

test('a password that is typed can be shown, and hidden again', async (world) => {
    const page = await visitor(world);
    await page.goto('/login');
    await type(page, labels.password, 'typed in the open');
    const field = page.getByLabel(labels.password, { exact: true });
    await page.keyboard.press('Tab');
    await expectFocusSeen(page);
    await page.keyboard.press('Space');
    assert.equal(await field.getAttribute('type'), 'text');
    await page.keyboard.press('Space');
    assert.equal(await field.getAttribute('type'), 'password');
    assert.equal(await field.inputValue(), 'typed in the open');
});
