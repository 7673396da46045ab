// What people type is text, wherever it is shown. Escaping alone must hold: most of this runs with the policy of the
// pages switched off, and a page that needs it for that is a failure too.

import assert from 'node:assert/strict';

import { administrator, fillSignIn, person, press } from './harness/people.js';
import { suite } from './harness/suite.js';
import { buttons, labels } from './texts.js';

const test = suite({ HTTP__TRUSTED_PROXIES: '127.0.0.1' });

const HOSTILE = [
    'javascript:window.xss=5',
    '<script>window.xss=1</script>',
    '"><img src=x onerror=window.xss=2>',
    "'><svg/onload=window.xss=3>",
    '</title><script>window.xss=4</script>',
    '{{7*7}}${7*7}<%=7*7%>{7*7}',
    '</textarea></select></style><b class="xss">',
    '&lt;img src=x onerror=window.xss=6&gt;',
    '\\u003cscript>window.xss=7\\u003c/script>',
    '" autofocus onfocus="window.xss=8" x="',
];

/** All of it in as few texts as fit this length, one of them beginning with the scheme. */
function packed(length) {
    const packs = [];
    for (const text of HOSTILE) {
        const last = packs.at(-1);
        if (last !== undefined && last.length + text.length < length) packs[packs.length - 1] = `${last} ${text}`;
        else packs.push(text);
    }
    return packs;
}

/** What a name may hold, and what an address or a header may. */
const NAMES = packed(100);
const LONG = packed(400);

/** Nothing of what was typed has become a part of the page. */
async function expectInert(page, what) {
    const found = await page.evaluate(() => {
        const handlers = [...document.querySelectorAll('*')].filter((element) =>
            [...element.attributes].some(({ name }) => name.startsWith('on')),
        );
        const made = document.querySelectorAll(
            '.xss, main script, img[src="x"], [href^="javascript:" i], [action^="javascript:" i]',
        );
        return [window.xss, ...[...handlers, ...made].map((element) => element.outerHTML)].filter(
            (it) => it !== undefined,
        );
    });
    assert.deepEqual(found, [], what);
    assert.doesNotMatch(await page.title(), /49/, what);
    assert.ok(!(await page.locator('main').innerText()).includes('49${'), `${what} computes`);
}

/** The page shows this as it was typed: as text, or in a field. */
async function expectShown(page, text, what) {
    const shown = await page.evaluate(() => {
        const fields = [...document.querySelectorAll('input, textarea, option')].map((field) => field.value);
        return `${document.body.innerText}\n${fields.join('\n')}`;
    });
    assert.ok(shown.includes(text), `${what} shows ${text}`);
}

async function hostilePerson(world, role, text) {
    const { api } = world.server;
    const company = role === 'EMPLOYER' ? text : undefined;
    const someone = await api.register(person(role, { firstName: text, lastName: text, company }), {
        'User-Agent': text,
    });
    const profile =
        role === 'EMPLOYER'
            ? { companyLocation: text, industry: text }
            : { location: text, title: text, skills: [text, 'plain'] };
    await (await api.as(someone, { 'User-Agent': text })).send('PATCH', '/auth/me', { profile });
    return someone;
}

for (const bypassCSP of [true, false]) {
    const how = bypassCSP ? 'by escaping alone' : 'without a breach of the policy';

    test(`what people say of themselves is text, ${how}`, async (world) => {
        const root = await administrator(world);
        const admin = await world.visitor({ as: root, bypassCSP });
        const visit = async (page, path, ...texts) => {
            await page.goto(path);
            await expectInert(page, path);
            for (const text of texts) await expectShown(page, text, path);
        };
        for (const text of NAMES) {
            for (const [role, home] of [
                ['CANDIDATE', '/my-assessments'],
                ['EMPLOYER', '/dashboard'],
            ]) {
                const someone = await hostilePerson(world, role, text);
                const page = await world.visitor({ as: someone, bypassCSP });
                await visit(page, home, text);
                await visit(page, '/account', text);
                await visit(admin, `/admin/users/${someone.id}`, text);
                await page.context().close();
            }
        }
        await visit(admin, '/admin/users', ...NAMES);
        await visit(admin, '/admin/audit-events');
        await visit(admin, '/admin');
    });

    test(`what an address of a page carries is text, ${how}`, async (world) => {
        const page = await world.visitor({ bypassCSP });
        const admin = await world.visitor({ as: await administrator(world), bypassCSP });
        for (const text of LONG) {
            const value = encodeURIComponent(text);
            const open = [
                '/login?returnTo=',
                '/verify-email?token=',
                '/reset-password?token=',
                '/register?token=',
                '/confirm-email?token=',
            ];
            for (const path of [...open, '/not-me?token=', '/login?', '/', '/admin/users/']) {
                await page.goto(path + value);
                await expectInert(page, path + value);
            }
            const console = [
                '/admin/users?search=',
                '/admin/users?cursor=',
                '/admin/users?role=',
                '/admin/users?active=',
            ];
            const log = [
                '/admin/audit-events?type=',
                '/admin/audit-events?user=',
                '/admin/audit-events?cursor=',
                '/admin/users/',
            ];
            for (const path of [...console, ...log, '/admin/invitations?cursor=', '/admin?']) {
                await admin.goto(path + value);
                await expectInert(admin, path + value);
            }
        }
    });

    test(`what is typed into a form that is refused is text, ${how}`, async (world) => {
        const page = await world.visitor({ bypassCSP, js: true });
        for (const text of NAMES) {
            await page.goto('/login');
            await fillSignIn(page, { email: text, password: 'not the password at all' });
            await page.getByRole('alert').first().waitFor();
            await expectInert(page, 'the refused sign-in');
            await expectShown(page, text, 'the refused sign-in');

            await page.goto('/register');
            await page.getByRole('radio', { name: labels.employer }).check();
            const form = page.locator('main form[method="post"]');
            const email = page.getByLabel(labels.email, { exact: true });
            await email.evaluate((input) => (input.type = 'text'));
            await email.fill(text);
            for (const label of [labels.firstName, labels.lastName])
                await page.getByLabel(label, { exact: true }).fill(text);
            await page.getByLabel(labels.company).fill(text);
            await page.getByLabel(labels.password, { exact: true }).fill('a quiet harbour at dawn');
            await form.evaluate((element) => (element.noValidate = true));
            await press(page, buttons.signUp);
            await page.getByRole('alert').first().waitFor();
            await expectInert(page, 'the refused sign-up');
            await expectShown(page, text, 'the refused sign-up');
        }
    });
}

test('what a browser says of itself is text', async (world) => {
    const someone = await world.server.api.register(person('CANDIDATE'));
    const root = await administrator(world);
    for (const text of LONG) {
        const headers = {
            'Accept-Language': text,
            'X-Forwarded-For': text,
            'X-Request-Id': text,
            'X-Forwarded-Host': text,
        };
        const page = await world.visitor({ as: someone, bypassCSP: true, userAgent: text, extraHTTPHeaders: headers });
        for (const path of ['/my-assessments', '/account', '/there-is-no-such-page']) {
            await page.goto(path);
            await expectInert(page, `${path} for ${text}`);
        }
        await page.context().close();
    }
    const admin = await world.visitor({ as: root, bypassCSP: true });
    for (const path of ['/admin', `/admin/users/${someone.id}`, '/admin/audit-events']) {
        await admin.goto(path);
        await expectInert(admin, path);
    }
});

test('what a cookie says is text', async (world) => {
    const someone = await world.server.api.register(person('CANDIDATE'));
    for (const text of LONG) {
        const page = await world.visitor({ as: someone, bypassCSP: true });
        for (const name of ['notice', 'lang', 'token']) {
            await page.context().addCookies([{ name, value: encodeURIComponent(text), url: world.server.url }]);
            await page.goto('/account');
            await expectInert(page, `the cookie ${name}`);
            await page.context().addCookies([{ name, value: text.replaceAll(/[";,\s]/g, ''), url: world.server.url }]);
            await page.goto('/login');
            await expectInert(page, `the cookie ${name}`);
        }
        await page.context().close();
    }
});

test('what an invitation says is text', async (world) => {
    const root = await administrator(world);
    const api = await world.server.api.as(root);
    const admin = await world.visitor({ as: root, bypassCSP: true });
    const guest = await world.visitor({ bypassCSP: true });
    for (const [at, company] of NAMES.entries()) {
        const email = `{{7*7}}${at}@example.com`;
        await api.post('/auth/admin/invitations', { email, role: 'EMPLOYER', company });
        await guest.goto((await world.server.mails.to(email, '/register')).link);
        await expectInert(guest, 'the sign-up of a guest');
    }
    await admin.goto('/admin/invitations');
    await expectInert(admin, 'the invitations');
    for (const company of NAMES) await expectShown(admin, company, 'the invitations');
});
