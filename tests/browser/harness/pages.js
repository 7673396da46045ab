// Every page of the site: how to get there, and as whom. What is true of all pages is tried on this list.

import assert from 'node:assert/strict';

import { buttons, labels } from '../texts.js';
import { fillSignIn, fillSignUp, press } from './people.js';
import { PASSWORD } from './server.js';

const OVER = 'A'.repeat(43);

/** A page that its path shows. `as` is nobody, `candidate`, `employer` or `admin`. */
const at = (name, path, as, status = 200) => ({
    name,
    as,
    async go(page, site) {
        const response = await page.goto(typeof path === 'function' ? path(site) : path);
        assert.equal(response.status(), status, `${response.url()} answers`);
        assert.match(response.headers()['content-type'], /^text\/html/);
        return response;
    },
});

/** The same after something was done there. */
const after = (name, path, as, act) => ({
    name,
    as,
    acted: true,
    go: async (page, site) => {
        await page.goto(path);
        await act(page, site);
        await page.locator('main').waitFor();
        await page.waitForLoadState();
    },
});

/** A form sent as it is, past what the browser and the script check before. */
async function sendAnyway(page, button) {
    await page
        .locator('main form[method="post"]')
        .first()
        .evaluate((form) => {
            form.noValidate = true;
            for (const input of form.elements) {
                for (const rule of ['required', 'minlength', 'maxlength', 'pattern', 'data-required'])
                    input.removeAttribute(rule);
                if (input.type === 'email') input.type = 'text';
            }
        });
    await press(page, button);
    await page.getByRole('alert').first().waitFor();
}

const refused = (name, path, as, button, act = async () => {}) =>
    after(name, path, as, async (page, site) => {
        await act(page, site);
        await sendAnyway(page, button);
    });

/** The page of a person in the console. */
const personPage = (path) => (site) => `/admin/users/${site.people[path].id}`;

export const everyPage = [
    at('login', '/login'),
    after('login-refused', '/login', undefined, async (page) => {
        await fillSignIn(page, { email: 'jane@example.com', password: 'not the password at all' });
        await page.getByRole('alert').first().waitFor();
    }),
    after('login-deactivated', '/login', undefined, async (page, site) => {
        await fillSignIn(page, site.people.gone);
        await page.getByRole('alert').first().waitFor();
    }),
    at('register', '/register'),
    after('register-employer', '/register', undefined, (page) =>
        page.getByRole('radio', { name: labels.employer }).check(),
    ),
    refused('register-refused', '/register', undefined, buttons.signUp, (page) =>
        fillSignUp(page, {
            role: 'EMPLOYER',
            firstName: 'Jane',
            lastName: '',
            email: 'no-address',
            password: 'short',
            company: '',
        }),
    ),
    at('register-invited', (site) => site.links.invited),
    at('forgot-password', '/forgot-password'),
    after('forgot-password-sent', '/forgot-password', undefined, async (page) => {
        await page.getByLabel(labels.email, { exact: true }).fill('nobody@example.com');
        await press(page, buttons.sendMail);
    }),
    at('reset-password', (site) => site.links.reset),
    after('reset-password-over', `/reset-password?token=${OVER}`, undefined, async (page) => {
        await page.getByLabel(labels.newPassword, { exact: true }).fill(PASSWORD);
        await press(page, buttons.savePassword);
    }),
    at('verify-email', (site) => site.links.verify),
    after('verify-email-over', `/verify-email?token=${OVER}`, undefined, (page) => press(page, buttons.verify)),
    at('verify-email-without-token', '/verify-email', undefined, 400),
    at('resend-verification', '/resend-verification'),
    at('confirm-email', (site) => site.links.confirm),
    at('undo-email-change', (site) => site.links.undo),
    at('not-me', (site) => site.links.disown),
    at('keep-account', '/keep-account'),
    at('not-found', '/there-is-no-such-page', undefined, 404),

    at('my-assessments', '/my-assessments', 'candidate'),
    refused('my-assessments-refused', '/my-assessments', 'candidate', buttons.saveProfile, (page) =>
        page.getByLabel(labels.phone).fill('call me'),
    ),
    at('account', '/account', 'candidate'),
    at('forbidden', '/admin', 'candidate', 403),
    at('verify-email-signed-in', (site) => site.links.verify, 'candidate'),
    at('dashboard', '/dashboard', 'employer'),
    at('account-employer', '/account', 'employer'),

    at('admin', '/admin', 'admin'),
    at('account-admin', '/account', 'admin'),
    at('admin-users', '/admin/users', 'admin'),
    at('admin-users-found', '/admin/users?search=jane', 'admin'),
    at('admin-users-none', '/admin/users?search=nobody-is-called-that', 'admin'),
    at('admin-user-new', '/admin/users/new', 'admin'),
    at('admin-user-candidate', personPage('candidate'), 'admin'),
    at('admin-user-employer', personPage('employer'), 'admin'),
    at('admin-user-deactivated', personPage('gone'), 'admin'),
    at('admin-user-not-found', '/admin/users/01a00000-0000-7000-8000-000000000000', 'admin', 404),
    at('admin-invitations', '/admin/invitations', 'admin'),
    at('admin-keys', '/admin/keys', 'admin'),
    after('admin-keys-revoking', '/admin/keys', 'admin', (page) => page.locator('summary').last().click()),
    after('admin-keys-refused', '/admin/keys', 'admin', async (page) => {
        // As another administrator does who was not quick enough.
        const form = page.locator('main form').first();
        await form.evaluate((form) => {
            form.action = '/admin/keys/rotate';
            form.submit();
        });
        await page.getByRole('alert').first().waitFor();
    }),
    at('admin-audit-events', '/admin/audit-events', 'admin'),
];

/** Opens a browser as whoever the page is for, and goes there. */
export async function open(world, entry, site, options = {}) {
    const page = await world.visitor({ as: site.people[entry.as], ...options });
    await entry.go(page, site);
    return page;
}
