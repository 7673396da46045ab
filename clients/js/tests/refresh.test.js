// @ts-check
// Tokens that expire or are refused under requests, against the real server.

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, DoorwardError, inLocalStorage } from '@doorward/client';
import { LocalStorage } from './support/local-storage.js';
import { oneProcessLocks } from './support/locks.js';
import { person, PASSWORD, startServer, watchedFetch } from './support/server.js';

const server = await startServer(test);
/** Its tokens live four seconds, of which the last one may be cut off. */
const brief = await startServer(test, { DOORWARD__TOKENS__ACCESS_TTL: '4s' });
const expiry = () => sleep(4100);
let people = 0;

/**
 * A person who is signed in, and clients of their storage that have not seen when the token expires, as after a reload.
 * @param {import('node:test').TestContext} t
 * @param {{ clients?: number, url?: string, locks?: any }} [options]
 */
async function signedIn(t, { clients = 1, url = server.url, locks } = {}) {
  const area = new LocalStorage();
  const first = createClient({ url, storage: inLocalStorage({ area }) });
  await first.register(person(`person${(people += 1)}`));
  first.close();
  const watched = watchedFetch();
  const all = Array.from({ length: clients }, () =>
    createClient({ url, storage: inLocalStorage({ area }), fetch: watched.fetch, locks }),
  );
  t.after(() => all.forEach((client) => client.close()));
  /** @type {any[]} */
  const out = [];
  all[0].on('signed-out', (event) => out.push(event));
  /** Leaves an access token that the server refuses, beside the good refresh token. */
  const spoil = () => area.setItem('accessToken', `${area.getItem('accessToken')?.slice(0, -8)}AAAAAAAA`);
  return { area, watched, all, client: all[0], out, spoil };
}

/** @param {() => Promise<Response>} ask */
const statuses = async (ask, times = 50) =>
  new Set(await Promise.all(Array.from({ length: times }, async () => (await ask()).status)));

test('fifty 401s at once are one refresh', async (t) => {
  const { client, watched } = await signedIn(t, { url: brief.url });
  await expiry();
  assert.deepEqual(await statuses(() => client.fetch('/auth/me')), new Set([200]));
  assert.equal(watched.count('/auth/me', 401), 50);
  assert.equal(watched.count('/auth/me', 200), 50);
  assert.equal(watched.count('/auth/refresh'), 1);
});

test('two clients of one storage and fifty 401s are one refresh under a common lock', async (t) => {
  const { all, watched, spoil } = await signedIn(t, { clients: 2, locks: oneProcessLocks() });
  spoil();
  let turn = 0;
  assert.deepEqual(await statuses(() => all[(turn += 1) % 2].fetch('/auth/me')), new Set([200]));
  assert.equal(watched.count('/auth/refresh'), 1);
});

test('without a common lock it is at most one refresh each, and nobody is signed out', async (t) => {
  const { all, watched, out, spoil } = await signedIn(t, { clients: 2, locks: null });
  spoil();
  let turn = 0;
  assert.deepEqual(await statuses(() => all[(turn += 1) % 2].fetch('/auth/me')), new Set([200]));
  assert.ok(watched.count('/auth/refresh') <= 2);
  assert.deepEqual(out, []);
});

test('who knows when the token expires refreshes before, once, and meets no 401', async () => {
  const watched = watchedFetch();
  const client = createClient({ url: brief.url, fetch: watched.fetch });
  await client.register(person('ahead'));
  await expiry();
  assert.deepEqual(await statuses(() => client.fetch('/auth/me')), new Set([200]));
  assert.equal(watched.count('/auth/me', 401), 0);
  assert.equal(watched.count('/auth/refresh'), 1);
});

test('a token that expires in the middle of many requests is not noticed', async (t) => {
  const { all, watched, out } = await signedIn(t, { clients: 4, locks: oneProcessLocks(), url: brief.url });
  const end = performance.now() + 11_000;
  let asked = 0;
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      while (performance.now() < end) {
        assert.equal((await all[index % 4].fetch('/auth/me')).status, 200);
        asked += 1;
      }
    }),
  );
  assert.ok(asked > 100, `${asked}`);
  const refreshes = watched.count('/auth/refresh');
  assert.ok(refreshes >= 2 && refreshes <= 6, `${refreshes} refreshes`);
  assert.deepEqual(out, []);
});

test('a server that is away and back has signed nobody out', async (t) => {
  const own = await startServer(t);
  const { client, area, out, spoil } = await signedIn(t, { url: own.url });
  spoil();
  await own.stop();
  await assert.rejects(client.fetch('/auth/me'), TypeError);
  await assert.rejects(client.refresh(), { status: 0, code: 'unreachable' });
  assert.equal(area.items.size, 2);
  await own.start();
  assert.equal((await client.fetch('/auth/me')).status, 200);
  assert.deepEqual(out, []);
});

for (const [name, answer, facts] of /** @type {[string, () => Response, object][]} */ ([
  [
    'a 503 of the server',
    () =>
      Response.json({ code: 'unavailable', message: 'Not now.' }, { status: 503, headers: { 'retry-after': '7' } }),
    { status: 503, code: 'unavailable', retryAfter: 7 },
  ],
  [
    "a gate's 401 in the server's place",
    () => new Response('<h1>Pay for this network</h1>', { status: 401 }),
    { status: 401, code: 'unexpected_answer' },
  ],
  [
    "a gate's 200 in the server's place",
    () => new Response('<h1>Welcome</h1>', { status: 200 }),
    { status: 200, code: 'unexpected_answer' },
  ],
])) {
  test(`${name} is thrown, and the tokens stay`, async (t) => {
    const { client, area, watched, out, spoil } = await signedIn(t);
    spoil();
    watched.interfere((url) => (url.endsWith('/auth/refresh') ? answer() : undefined));
    const error = await client.fetch('/auth/me').catch((error) => error);
    assert.ok(error instanceof DoorwardError);
    for (const [fact, value] of Object.entries(facts)) assert.equal(/** @type {any} */ (error)[fact], value);
    assert.equal(area.items.size, 2);
    watched.interfere(null);
    assert.equal((await client.fetch('/auth/me')).status, 200);
    assert.deepEqual(out, []);
  });
}

test('a refresh whose answer was lost is asked for again', async (t) => {
  const { client, area, watched } = await signedIn(t);
  let lost = 0;
  watched.interfere(async (url) => {
    if (!url.endsWith('/auth/refresh') || lost) return;
    lost += 1;
    // The server hears it and rotates; its answer gets nowhere.
    const { ok } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: area.getItem('refreshToken') }),
    });
    assert.ok(ok);
    throw new TypeError('fetch failed');
  });
  assert.equal(await client.refresh(), true);
  assert.equal(watched.count('/auth/refresh'), 2);
  assert.equal((await client.fetch('/auth/me')).status, 200);
});

test('a refresh token that was used by someone else signs out', async (t) => {
  const own = await startServer(t, { DOORWARD__TOKENS__REFRESH_REUSE_GRACE: '0s' });
  const { client, area, out, spoil } = await signedIn(t, { url: own.url });
  const body = JSON.stringify({ refreshToken: area.getItem('refreshToken') });
  const thief = await fetch(`${own.url}/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.ok(thief.ok);
  spoil();
  assert.deepEqual(await statuses(() => client.fetch('/auth/me'), 5), new Set([401]));
  assert.equal(area.items.size, 0);
  assert.deepEqual(out, [{ elsewhere: false, code: 'refresh_token_reused' }]);
});

test('a sign-out beats a refresh that is under way', async (t) => {
  const { client, area, watched, out, spoil } = await signedIn(t);
  const before = area.getItem('refreshToken');
  spoil();
  /** @type {() => void} */
  let rotate = () => {};
  const rotated = new Promise((done) => (rotate = () => done(undefined)));
  watched.interfere(async (url) => {
    if (!url.endsWith('/auth/refresh')) return;
    const body = JSON.stringify({ refreshToken: before });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    rotate();
    await sleep(300);
    return response;
  });
  const asked = client.fetch('/auth/me');
  await rotated;
  const leaving = client.logout();
  await sleep(0);
  assert.equal(await client.credentials(server.url), null, 'at once');
  await leaving;
  assert.equal((await asked).status, 401);
  assert.equal(area.items.size, 0);
  assert.deepEqual(out, [{ elsewhere: false }]);
  const dead = await fetch(`${server.url}/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: before }),
  });
  assert.equal((await dead.json()).code, 'invalid_refresh_token', 'the session is over at the server');
});

test('who gives up waiting does not stop the refresh of the others', async (t) => {
  const { client, watched, spoil } = await signedIn(t);
  spoil();
  /** @type {() => void} */
  let goOn = () => {};
  const held = new Promise((resolve) => (goOn = () => resolve(undefined)));
  watched.interfere(async (url) => {
    if (url.endsWith('/auth/refresh')) await held;
  });
  const stop = new AbortController();
  const [impatient, patient] = [client.fetch('/auth/me', { signal: stop.signal }), client.fetch('/auth/me')];
  while (!watched.count('/auth/refresh')) await sleep(5);
  stop.abort();
  await assert.rejects(impatient, { name: 'AbortError' });
  goOn();
  assert.equal((await patient).status, 200);
  assert.equal(watched.count('/auth/refresh'), 1);
  await assert.rejects(client.fetch('/auth/me', { signal: stop.signal }), { name: 'AbortError' });
});

test('a request is sent twice at most', async (t) => {
  const { client, watched } = await signedIn(t);
  watched.interfere((url) =>
    url.endsWith('/auth/me') ? Response.json({ code: 'access_token_expired' }, { status: 401 }) : undefined,
  );
  assert.equal((await client.fetch('/auth/me')).status, 401);
  assert.equal(watched.count('/auth/me'), 2);
  assert.equal(watched.count('/auth/refresh'), 1);
});

test('claims that are stale are mended by one refresh', async (t) => {
  const own = await startServer(t);
  own.run('create-admin', '--email', 'root@example.com', '--first-name', 'Rita', '--last-name', 'Root');
  const admin = createClient({ url: own.url });
  await admin.login({ email: 'root@example.com', password: PASSWORD });
  const { client, watched } = await signedIn(t, { url: own.url });
  const { user } = await client.me();
  const answer = await admin.fetch(`/auth/admin/users/${user.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role: 'ADMIN' }),
  });
  assert.equal(answer.status, 200, await answer.text());
  assert.equal((await client.me()).user.role, 'ADMIN');
  assert.equal(watched.count('/auth/me', 401), 1);
  assert.equal(watched.count('/auth/refresh'), 1);
});

const rename = (/** @type {string} */ firstName) => ({
  method: 'PATCH',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ firstName }),
});

const url = `${server.url}/auth/me`;
for (const [name, ask] of /** @type {[string, (client: import('@doorward/client').Client) => Promise<Response>][]} */ ([
  ['string', (client) => client.fetch(url, rename('string'))],
  ['Blob', (client) => client.fetch(new URL(url), { ...rename(''), body: new Blob([rename('Blob').body]) })],
  ['Request', (client) => client.fetch(new Request(url, rename('Request')))],
])) {
  test(`a body is sent again: ${name}`, async (t) => {
    const { client, watched, spoil } = await signedIn(t);
    spoil();
    assert.equal((await ask(client)).status, 200);
    assert.equal(watched.count('/auth/me', 401), 1);
    assert.equal((await client.me()).user.firstName, name);
  });
}

test('a stream is not sent again: the 401 is the answer, and the next try succeeds', async (t) => {
  const { client, watched, spoil } = await signedIn(t);
  spoil();
  const upload = () =>
    client.fetch(
      '/auth/me',
      /** @type {any} */ ({ ...rename(''), body: new Blob([rename('Stream').body]).stream(), duplex: 'half' }),
    );
  assert.equal((await upload()).status, 401);
  assert.equal(watched.count('/auth/refresh'), 1);
  assert.equal((await upload()).status, 200);
  assert.equal((await client.me()).user.firstName, 'Stream');
});
