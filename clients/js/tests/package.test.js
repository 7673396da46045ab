// @ts-check
// The examples of the README, typed with the rest and run against the real server; and what is in the package.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from './support/server.js';

const here = new URL('./', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('../package.json', here), 'utf8'));
const readme = readFileSync(new URL('../README.md', here), 'utf8');
const blocks = [...readme.matchAll(/```js\n(\/\/ (\w+)\n.*?)```/gs)].map(([, text, name]) => ({ text, name }));

const SAID = /** @type {Record<string, RegExp>} */ ({
  start: /^Ann\n1\n$/,
  origins: /^null\n$/,
  storages: /^$/,
  axios: /^ann@example\.com\n$/,
  errors: /^401 invalid_credentials Invalid credentials 0\n$/,
});

test('every example of the README is one of the files that are typed', () => {
  assert.deepEqual(blocks.map(({ name }) => name), Object.keys(SAID));
  assert.equal([...readme.matchAll(/```js/g)].length, blocks.length);
  assert.equal(readdirSync(new URL('examples/', here)).length, blocks.length);
  for (const { name, text } of blocks) {
    assert.equal(readFileSync(new URL(`examples/${name}.js`, here), 'utf8'), text, name);
  }
});

test('every example of the README runs', async (t) => {
  const server = await startServer(t);
  for (const { name, text } of blocks) {
    const file = fileURLToPath(new URL(`run-${process.pid}-${name}.mjs`, here));
    t.after(() => rmSync(file, { force: true }));
    // Node has no localStorage.
    const prepared = 'globalThis.localStorage ??= { getItem: () => null, setItem() {}, removeItem() {} };\n';
    writeFileSync(file, text.replace(/^(?=const client)/m, prepared).replaceAll('http://127.0.0.1:8080', server.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 });
    assert.equal(status, 0, `${name}: ${stderr}`);
    assert.match(stdout, SAID[name], name);
  }
});

test('the package holds its sources and nothing else, and depends on nothing', () => {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: new URL('../', here), encoding: 'utf8' }),
  );
  const sources = readdirSync(new URL('../src/', here)).map((name) => `src/${name}`);
  const paths = files.map((/** @type {{ path: string }} */ { path }) => path).sort();
  assert.deepEqual(paths, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json', ...sources].sort());
  assert.equal(manifest.dependencies, undefined);
  for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    assert.equal(readFileSync(new URL(`../${name}`, here), 'utf8'), readFileSync(new URL(`../../../${name}`, here), 'utf8'));
  }
});

test('the lock file names no other host than the public registry', () => {
  const lock = readFileSync(new URL('../package-lock.json', here), 'utf8');
  const hosts = [...lock.matchAll(/"resolved": "(https?:\/\/[^/"]+)/g)].map(([, host]) => host);
  assert.deepEqual([...new Set(hosts)].filter((host) => host !== 'https://registry.npmjs.org'), []);
});
