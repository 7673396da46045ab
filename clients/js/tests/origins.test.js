// @ts-check
// Who gets to see the access token: the server, the origins that are listed, and nobody else.

import assert from 'node:assert/strict';
import test from 'node:test';
import axiosPackage from 'axios';
import { createClient } from '@doorward/client';
import { attach } from '@doorward/client/axios';
import { startApi } from './support/api.js';
import { person, startServer, watchedFetch } from './support/server.js';

const server = await startServer(test);
const [api, stranger] = [await startApi(test), await startApi(test)];
const watched = watchedFetch();
const client = createClient({ url: server.url, origins: [`${api.url}/v1/`], fetch: watched.fetch });
await client.register(person('origins'));
const bearer = `Bearer ${(await client.credentials(server.url))?.accessToken}`;
const axios = axiosPackage.create();
attach(axios, client);

/** @type {[string, (url: string) => Promise<unknown>][]} */
const ways = [
  ['fetch', (url) => client.fetch(url)],
  ['fetch of a URL', (url) => client.fetch(new URL(url))],
  ['fetch of a Request', (url) => client.fetch(new Request(url))],
  ['axios', (url) => axios.get(url)],
  ['axios with a baseURL', (url) => axios.get(new URL(url).pathname + new URL(url).search, { baseURL: new URL(url).origin })],
];
for (const [name, ask] of ways) {
  test(`${name}: a listed origin gets the token`, async () => {
    await ask(`${api.url}/data`);
    assert.equal(api.requests.at(-1)?.authorization, bearer);
  });

  test(`${name}: another origin does not`, async () => {
    await ask(`${stranger.url}/data`);
    assert.deepEqual(stranger.requests.at(-1), { path: '/data', authorization: undefined });
  });

  test(`${name}: another origin does not, by way of a redirect`, async () => {
    await ask(`${api.url}/redirect?to=${encodeURIComponent(`${stranger.url}/redirected`)}`);
    assert.equal(api.requests.at(-1)?.authorization, bearer);
    assert.deepEqual(stranger.requests.at(-1), { path: '/redirected', authorization: undefined });
  });
}

test('an address that only looks like the server is another origin', async () => {
  const { host } = new URL(api.url);
  for (const url of [
    `http://${host}@127.0.0.1:${stranger.port}/`,
    `http://127.0.0.1:${stranger.port}/${host}`,
    `http://127.0.0.1:${stranger.port}\\@${host}/`,
    `//127.0.0.1:${stranger.port}/`,
    `http://localhost:${api.port}/`,
    `https://${host}/`,
    `http://127.0.0.1.example.com:${api.port}/`,
    'blob:null/x',
    'data:,x',
  ]) {
    assert.equal(await client.credentials(url), null, url);
  }
});

test('the 401 of another origin is its own affair', async () => {
  assert.equal((await client.fetch(`${stranger.url}/refuse`)).status, 401);
  assert.equal((await axios.get(`${stranger.url}/refuse`, { validateStatus: () => true })).status, 401);
  assert.equal(watched.count('/auth/refresh'), 0);
});

test('a header that the caller has set stays, and its 401 too', async () => {
  const headers = { Authorization: 'Basic Zm9vOmJhcg==' };
  assert.equal((await client.fetch(`${api.url}/refuse`, { headers })).status, 401);
  assert.equal(api.requests.at(-1)?.authorization, headers.Authorization);
  await axios.get(`${api.url}/refuse`, { headers, validateStatus: () => true });
  assert.equal(api.requests.at(-1)?.authorization, headers.Authorization);
  assert.equal(watched.count('/auth/refresh'), 0);
});

test('what has no origin is no server', () => {
  for (const url of ['', 'auth.example.com', 'data:,x', 'file:///etc']) {
    assert.throws(() => createClient({ url }), TypeError, url);
  }
  assert.throws(() => createClient({ url: server.url, origins: ['*'] }), TypeError);
});
