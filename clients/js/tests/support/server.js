// @ts-check
// The real server, on a free port, in a folder of its own.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = resolve(
  process.env.DOORWARD_BIN ?? fileURLToPath(new URL('../../../../target/debug/doorward', import.meta.url)),
);

// No server outlives its test, whichever way that ends.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

export const PASSWORD = 'a quiet harbour at dawn';

// Another run of these tests beside this one begins elsewhere.
let tried = (process.pid * 97) % 6000;

/** A port that stays free also while its server is away: below those that the system hands out to any connection. */
async function freePort() {
  for (let left = 6000; left > 0; left -= 1) {
    const port = 20_000 + ((tried += 1) % 6000);
    const listener = createServer().listen(port, '127.0.0.1');
    const listens = await once(listener, 'listening').then(
      () => true,
      () => false,
    );
    if (!listens) continue;
    listener.close();
    await once(listener, 'close');
    return port;
  }
  throw new Error('No port is free.');
}

/**
 * Starts a server; `t` stops it.
 * @param {import('node:test').TestContext | typeof import('node:test')} t
 * @param {Record<string, string>} [env]
 */
export async function startServer(t, env = {}) {
  if (!existsSync(BINARY)) {
    throw new Error(`There is no server at ${BINARY}: build it with \`cargo build -p doorward\`, or set DOORWARD_BIN.`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'doorward-js-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  /** @type {import('node:child_process').ChildProcess} */
  let child;

  const settings = {
    PATH: process.env.PATH,
    DOORWARD__HTTP__ADDRESS: `127.0.0.1:${port}`,
    DOORWARD__TOKENS__ACCESS_TTL: '10m',
    DOORWARD__PASSWORDS__ARGON2_MEMORY_KIB: '8',
    DOORWARD__PASSWORDS__ARGON2_ITERATIONS: '1',
    DOORWARD_ADMIN_PASSWORD: PASSWORD,
    ...env,
  };

  async function start() {
    child = spawn(BINARY, ['serve'], { cwd: folder, env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stdout?.on('data', (chunk) => (log += chunk));
    child.stderr?.on('data', (chunk) => (log += chunk));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`The server ended:\n${log}`);
      const ready = await fetch(`${url}/health/ready`).catch(() => null);
      if (ready?.ok) return;
      await new Promise((again) => setTimeout(again, 20));
    }
  }
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  async function stop() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'exit');
  }
  t.after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  /** @param {string[]} args */
  const run = (...args) => {
    const { status, stderr } = spawnSync(BINARY, args, { cwd: folder, env: settings, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  return { url, port, start, stop, run };
}

/** @param {string} name */
export function person(name) {
  return { email: `${name}@example.com`, password: PASSWORD, firstName: 'Ann', lastName: 'Lee' };
}

/** A `fetch` that counts the refreshes, and can be told to fail. */
export function watchedFetch() {
  /** @type {{ url: string, authorization: string | null, status: number | string }[]} */
  const calls = [];
  /** @type {((url: string) => Promise<Response | void> | Response | void) | null} */
  let before = null;
  /** @type {typeof fetch} */
  const watched = async (input, init) => {
    const request = new Request(input instanceof Request ? input.clone() : input, init);
    const call = { url: request.url, authorization: request.headers.get('authorization'), status: /** @type {any} */ ('') };
    calls.push(call);
    const instead = await before?.(request.url);
    try {
      const response = instead ?? (await fetch(/** @type {any} */ (input), init));
      call.status = response.status;
      return response;
    } catch (error) {
      call.status = String(error);
      throw error;
    }
  };
  return {
    fetch: watched,
    calls,
    /** @param {string} path */
    count: (path, status = 0) =>
      calls.filter((call) => new URL(call.url).pathname === path && (!status || call.status === status)).length,
    /** @param {typeof before} hook */
    interfere: (hook) => {
      before = hook;
    },
  };
}
