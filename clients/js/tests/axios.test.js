// @ts-check
// The interceptors, against the real server.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import test from 'node:test';
import axiosPackage from 'axios';
import { createClient, inLocalStorage } from '@doorward/client';
import { attach } from '@doorward/client/axios';
import { LocalStorage } from './support/local-storage.js';
import { person, startServer, watchedFetch } from './support/server.js';

const server = await startServer(test);
let people = 0;

/** @param {import('node:test').TestContext} t */
async function signedIn(t) {
  const area = new LocalStorage();
  const watched = watchedFetch();
  const client = createClient({ url: server.url, storage: inLocalStorage({ area }), fetch: watched.fetch });
  t.after(client.close);
  await client.register(person(`axios${(people += 1)}`));
  const axios = axiosPackage.create({ baseURL: server.url });
  /** @type {number[]} */
  const statuses = [];
  axios.interceptors.response.use(
    (response) => (statuses.push(response.status), response),
    (error) => (statuses.push(error.response?.status), Promise.reject(error)),
  );
  const detach = attach(axios, client);
  const spoil = () => area.setItem('accessToken', `${area.getItem('accessToken')?.slice(0, -8)}AAAAAAAA`);
  return { client, area, axios, statuses, watched, spoil, detach };
}

test('fifty 401s at once are one refresh', async (t) => {
  const { axios, statuses, watched, spoil } = await signedIn(t);
  spoil();
  const answers = await Promise.all(Array.from({ length: 50 }, () => axios.get('/auth/me')));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(statuses.filter((status) => status === 401).length, 50);
  assert.equal(watched.count('/auth/refresh'), 1);
});

test('a body is sent again as it was', async (t) => {
  const { axios, spoil } = await signedIn(t);
  spoil();
  const { data } = await axios.patch('/auth/me', { firstName: 'Zoë "Z"' });
  assert.equal(data.user.firstName, 'Zoë "Z"');
});

test('a stream is not sent again, and the next try succeeds', async (t) => {
  const { axios, spoil, watched } = await signedIn(t);
  spoil();
  const headers = { 'content-type': 'application/json' };
  const upload = () => axios.patch('/auth/me', Readable.from(['{"firstName":', '"Flo"}']), { headers, maxRedirects: 0 });
  assert.equal((await upload().catch((error) => error)).response?.status, 401);
  assert.equal(watched.count('/auth/refresh'), 1);
  assert.equal((await upload()).data.user.firstName, 'Flo');
});

test('a 401 that counts as a success is mended too', async (t) => {
  const { axios, spoil } = await signedIn(t);
  spoil();
  assert.equal((await axios.get('/auth/me', { validateStatus: () => true })).status, 200);
});

test('a session that is over is an error, once', async (t) => {
  const { axios, client, area, statuses, watched } = await signedIn(t);
  const body = { refreshToken: area.getItem('refreshToken') };
  await axiosPackage.post(`${server.url}/auth/logout`, body);
  /** @type {any[]} */
  const out = [];
  client.on('signed-out', (event) => out.push(event));
  const error = await axios.get('/auth/me').catch((error) => error);
  assert.equal(error.response.status, 401);
  assert.deepEqual(statuses, [401]);
  assert.equal(watched.count('/auth/refresh'), 1);
  assert.deepEqual(out, [{ elsewhere: false, code: 'invalid_refresh_token' }]);
});

test('a wrong password is sent once', async (t) => {
  const { axios, statuses, watched } = await signedIn(t);
  const wrong = { currentPassword: 'not this', newPassword: 'another quiet harbour' };
  const error = await axios.post('/auth/change-password', wrong).catch((error) => error);
  assert.equal(error.response.data.code, 'invalid_credentials');
  assert.deepEqual(statuses, [401]);
  assert.equal(watched.count('/auth/refresh'), 0);
});

test('what was attached comes off', async (t) => {
  const { axios, detach } = await signedIn(t);
  detach();
  const error = await axios.get('/auth/me').catch((error) => error);
  assert.equal(error.response.data.code, 'authentication_required');
});
