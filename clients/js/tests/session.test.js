// @ts-check
// Signing up, in and out, against the real server.

import assert from 'node:assert/strict';
import test from 'node:test';
import { createClient, DoorwardError, inLocalStorage, inMemory } from '@doorward/client';
import { LocalStorage } from './support/local-storage.js';
import { person, PASSWORD, startServer, watchedFetch } from './support/server.js';

const server = await startServer(test);
const storages = { memory: inMemory, localStorage: () => inLocalStorage({ area: new LocalStorage() }) };

for (const [name, storage] of Object.entries(storages)) {
  test(`with ${name} a person signs up, out and in again`, async (t) => {
    const client = createClient({ url: server.url, storage: storage() });
    t.after(client.close);
    /** @type {string[]} */
    const heard = [];
    client.on('signed-in', () => heard.push('in'));
    client.on('signed-out', () => heard.push('out'));

    const { user, signedIn } = await client.register(person(name));
    assert.equal(signedIn, true);
    assert.equal(user?.email, person(name).email);
    const token = (await client.credentials(server.url))?.accessToken;
    assert.equal((await client.me()).profile.type, 'CANDIDATE');

    await client.logout();
    assert.equal(await client.credentials(server.url), null);
    await assert.rejects(client.me(), { status: 401, code: 'authentication_required' });
    const dead = await fetch(`${server.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(dead.status, 401, 'the token is dead at the server too');

    assert.equal((await client.login({ email: person(name).email, password: PASSWORD })).firstName, 'Ann');
    assert.equal((await client.me()).user.lastName, 'Lee');
    assert.deepEqual(heard, ['in', 'out', 'in']);
  });
}

test('the items of localStorage have the names that frontends know', async (t) => {
  const area = new LocalStorage();
  const client = createClient({ url: server.url, storage: inLocalStorage({ area }) });
  t.after(client.close);
  await client.register(person('names'));
  assert.deepEqual([...area.items.keys()].sort(), ['accessToken', 'refreshToken']);
  await client.logout();
  assert.equal(area.items.size, 0);
});

test('a refusal says what the server said', async () => {
  const client = createClient({ url: server.url });
  const wrong = await client.login({ email: 'nobody@example.com', password: 'x' }).catch((error) => error);
  assert.ok(wrong instanceof DoorwardError);
  assert.deepEqual([wrong.status, wrong.code, wrong.message], [401, 'invalid_credentials', 'Invalid credentials']);
  assert.match(wrong.requestId ?? '', /^[0-9a-f-]{36}$/);

  const invalid = await client.register({ ...person('fields'), email: 'no address' }).catch((error) => error);
  assert.deepEqual([invalid.status, invalid.code], [422, 'validation_failed']);
  assert.equal(invalid.errors[0].field, 'email');
});

test('who signs in again ends the session before', async () => {
  const client = createClient({ url: server.url });
  await client.register(person('again'));
  const before = await client.credentials(server.url);
  await client.login({ email: person('again').email, password: PASSWORD });
  const stranger = { headers: { authorization: `Bearer ${before?.accessToken}` } };
  assert.equal((await fetch(`${server.url}/auth/me`, stranger)).status, 401);
  assert.equal((await client.fetch('/auth/me')).status, 200);
});

test('logoutAll ends every session', async () => {
  const [one, two] = [createClient({ url: server.url }), createClient({ url: server.url })];
  await one.register(person('all'));
  await two.login({ email: person('all').email, password: PASSWORD });
  assert.equal(await one.logoutAll(), 2);
  assert.equal(await one.credentials(server.url), null);
  /** @type {any[]} */
  const heard = [];
  two.on('signed-out', (event) => heard.push(event));
  assert.equal((await two.fetch('/auth/me')).status, 401);
  assert.deepEqual(heard, [{ elsewhere: false, code: 'invalid_refresh_token' }]);
});

test('a sign-out forgets the tokens also if the server does not answer', async () => {
  const watched = watchedFetch();
  const client = createClient({ url: server.url, fetch: watched.fetch });
  await client.register(person('offline'));
  let out = 0;
  client.on('signed-out', () => (out += 1));
  watched.interfere(() => Promise.reject(new TypeError('fetch failed')));
  await assert.rejects(client.logout(), { status: 0, code: 'unreachable' });
  assert.equal(await client.credentials(server.url), null);
  assert.equal(out, 1);
});

test('a wrong password is no reason to refresh, nor to send it twice', async () => {
  const watched = watchedFetch();
  const client = createClient({ url: server.url, fetch: watched.fetch });
  await client.register(person('wrong'));
  const answer = await client.fetch('/auth/change-password', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ currentPassword: 'not this', newPassword: 'another quiet harbour' }),
  });
  assert.equal((await answer.json()).code, 'invalid_credentials');
  assert.equal(watched.count('/auth/change-password'), 1);
  assert.equal(watched.count('/auth/refresh'), 0);
});

test('other clients of the same storage hear of a sign-in and a sign-out', async (t) => {
  const area = new LocalStorage();
  const [one, two] = [0, 1].map(() => createClient({ url: server.url, storage: inLocalStorage({ area }) }));
  t.after(() => [one, two].forEach((client) => client.close()));
  const signedIn = new Promise((heard) => two.on('signed-in', heard));
  await one.register(person('elsewhere'));
  assert.deepEqual(await signedIn, { elsewhere: true });
  assert.equal((await two.me()).user.email, person('elsewhere').email);
  const signedOut = new Promise((heard) => two.on('signed-out', heard));
  await one.logout();
  assert.deepEqual(await signedOut, { elsewhere: true });
  assert.equal((await two.fetch('/auth/me')).status, 401);
});

test('whoever must prove the address first is not signed in', async (t) => {
  const strict = await startServer(t, { DOORWARD__REGISTRATION__REQUIRE_VERIFIED_EMAIL: 'true' });
  const client = createClient({ url: strict.url });
  const { user, signedIn } = await client.register(person('unproven'));
  assert.equal(signedIn, false);
  assert.equal(user?.emailVerified, false);
  assert.equal(await client.credentials(strict.url), null);
});
