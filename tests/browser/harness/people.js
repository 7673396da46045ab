// People, and what they do on the pages.

import { buttons, labels } from '../texts.js';
import { PASSWORD } from './server.js';

/** Where each role is at home. */
export const HOMES = { CANDIDATE: '/my-assessments', EMPLOYER: '/dashboard', ADMIN: '/admin' };

let made = 0;

/** Someone who is in no other test. */
export function person(role = 'CANDIDATE', more = {}) {
    made += 1;
    const company = role === 'EMPLOYER' ? 'Tech Corp' : undefined;
    const email = `${role.toLowerCase()}-${made}@example.com`;
    return { role, email, password: PASSWORD, firstName: 'Jane', lastName: 'Doe', company, ...more };
}

/** Signs someone up through the JSON interface. */
export function registered(world, role, more) {
    return world.server.api.register(person(role, more));
}

/** Someone who is signed up and has proven the address. */
export async function verified(world, role, more) {
    const someone = await registered(world, role, more);
    const mail = await world.server.mails.to(someone.email, '/verify-email');
    await world.server.api.post('/auth/verify-email', { token: tokenOf(mail) });
    return someone;
}

/** The token in the link of a mail. */
export function tokenOf(mail) {
    return new URL(mail.link).searchParams.get('token');
}

/** An administrator whom the command line has made; one a world's server is enough. */
export async function administrator(world) {
    world.server.administrator ??= await world.server.createAdmin({
        email: 'root@example.com',
        firstName: 'Root',
        lastName: 'Admin',
    });
    return world.server.administrator;
}

/** Fills in the sign-up. */
export async function fillSignUp(page, someone) {
    if (someone.role) await page.getByRole('radio', { name: labels[someone.role.toLowerCase()] }).check();
    await page.getByLabel(labels.firstName, { exact: true }).fill(someone.firstName);
    await page.getByLabel(labels.lastName, { exact: true }).fill(someone.lastName);
    await page.getByLabel(labels.email, { exact: true }).fill(someone.email);
    await page.getByLabel(labels.password, { exact: true }).fill(someone.password);
    if (someone.company) await page.getByLabel(labels.company).fill(someone.company);
}

/** Signs up on the page. */
export async function signUp(page, someone) {
    await page.goto('/register');
    await fillSignUp(page, someone);
    await press(page, buttons.signUp);
}

/** Signs in on the page that is open. */
export async function fillSignIn(page, { email, password = PASSWORD }) {
    await page.getByLabel(labels.identifier).fill(email);
    await page.getByLabel(labels.password, { exact: true }).fill(password);
    await press(page, buttons.signIn);
}

/** Signs in on the page of its own. */
export async function signIn(page, someone, path = '/login') {
    await page.goto(path);
    await fillSignIn(page, someone);
}

/** Signs out with the button that every page has. */
export async function signOut(page) {
    await page.getByRole('banner').getByRole('button', { name: buttons.signOut, exact: true }).click();
}

/** Presses a button of the main part. */
export async function press(page, name) {
    await page.getByRole('main').getByRole('button', { name, exact: true }).click();
}
