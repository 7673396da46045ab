// A site with people in it, the same each time: what pages are looked at, measured and pictured with.

import { administrator, tokenOf } from './people.js';
import { PASSWORD } from './server.js';

const someone = (email, firstName, lastName, role, more) => ({
    email,
    firstName,
    lastName,
    role,
    password: PASSWORD,
    ...more,
});

/** Makes it, once a server. */
export function siteOf(world) {
    world.server.site ??= make(world);
    return world.server.site;
}

async function make(world) {
    const { api, mails } = world.server;
    const root = await administrator(world);
    const admin = await api.as(root);
    // As many kinds of keys as there can be at once.
    const { keys } = await admin.post('/auth/admin/keys/rotate');
    await admin.post(`/auth/admin/keys/${keys.find(({ state }) => state === 'published').kid}/revoke`);
    await admin.post('/auth/admin/keys/rotate');
    const agent = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    const join = (person) => api.register(person, agent);
    const prove = async ({ email }) =>
        api.post('/auth/verify-email', { token: tokenOf(await mails.to(email, '/verify-email')) });

    const candidate = await join(someone('jane@example.com', 'Jane', 'Doe', 'CANDIDATE', { username: 'jane' }));
    await prove(candidate);
    const profile = {
        phoneNumber: '+49 30 1234',
        location: 'Berlin',
        title: 'Engineer',
        skills: ['Rust', 'SQL', 'Gardening'],
    };
    await (await api.as(candidate, agent)).send('PATCH', '/auth/me', { profile });
    const employer = await join(someone('john@example.com', 'John', 'Smith', 'EMPLOYER', { company: 'Tech Corp' }));
    const unproven = await mails.to(employer.email, '/verify-email');
    const gone = await join(someone('lost@example.com', 'Percy', 'Fawcett', 'CANDIDATE'));
    await admin.post(`/auth/admin/users/${gone.id}/deactivate`);

    await admin.post('/auth/admin/invitations', {
        email: 'guest@example.com',
        role: 'EMPLOYER',
        company: 'Royal Society',
    });
    const invited = await mails.to('guest@example.com', '/register');
    await api.post('/auth/forgot-password', { email: candidate.email });
    const reset = await mails.to(candidate.email, '/reset-password');
    const asJane = await api.as(candidate, agent);
    await asJane.post('/auth/change-email', { newEmail: 'jane@example.org', password: PASSWORD });
    const moved = await mails.to('jane@example.org', '/confirm-email');

    const mover = await join(someone('mover@example.com', 'Marco', 'Polo', 'CANDIDATE'));
    await prove(mover);
    const asMover = await api.as(mover, agent);
    await asMover.post('/auth/change-email', { newEmail: 'marco@example.org', password: PASSWORD });
    await api.post('/auth/confirm-email', { token: tokenOf(await mails.to('marco@example.org', '/confirm-email')) });
    const undo = await mails.to('mover@example.com', '/undo-email-change');
    const stranger = {
        'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    await api.as({ ...mover, email: 'marco@example.org' }, stranger);
    const disown = await mails.to('marco@example.org', '/not-me');

    return {
        people: { candidate, employer, admin: root, gone },
        links: {
            verify: unproven.link,
            invited: invited.link,
            reset: reset.link,
            confirm: moved.link,
            undo: undo.link,
            disown: disown.link,
        },
    };
}
