// The binary, serving in a process and a folder of its own.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Api } from './api.js';
import { Mailbox } from './mail.js';
import { until } from './until.js';

const BINARY = process.env.DOORWARD_BIN ?? fileURLToPath(new URL('../../../target/debug/doorward', import.meta.url));

/** The password of everyone in these tests. */
export const PASSWORD = 'a quiet harbour at dawn';

/** How long a process may take to start on a busy machine. */
export const START = 60_000;

/** What makes a server quick to start and its passwords cheap. */
const SETTINGS = {
    HTTP__ADDRESS: '127.0.0.1:0',
    PASSWORDS__ARGON2_MEMORY_KIB: '64',
    PASSWORDS__ARGON2_ITERATIONS: '1',
    // A busy machine may take longer than people wait between two tabs.
    TOKENS__REFRESH_REUSE_GRACE: '60s',
    SECRETS__MASTER: 'a master secret for tests, which is long enough',
    LOG__FORMAT: 'json',
};

// A file of tests that is told to stop takes its server with it.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Starts a server with these settings, each `SECTION__KEY` and value, and waits until it is ready. */
export async function startServer(settings = {}) {
    const server = new Server(settings);
    try {
        await server.ready();
    } catch (error) {
        server.stop();
        throw new Error(`${error.message}\n${server.log}`);
    }
    return server;
}

class Server {
    /** All that the process has said. */
    log = '';
    #child;
    #folder = mkdtempSync(join(tmpdir(), 'doorward-browser-'));
    #environment;
    #exit = null;
    #end = () => this.stop();

    constructor(settings) {
        const given = Object.entries({ ...SETTINGS, ...settings }).map(([key, value]) => [`DOORWARD__${key}`, value]);
        this.#environment = { PATH: process.env.PATH, ...Object.fromEntries(given) };
        this.#child = spawn(BINARY, ['serve'], { cwd: this.#folder, env: this.#environment });
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => (this.log += text));
        }
        this.#child.on('error', (error) => (this.#exit = error.message));
        this.#child.on('exit', (code, signal) => (this.#exit ??= `${BINARY} ended: ${signal ?? code}`));
        process.on('exit', this.#end);
        this.mails = new Mailbox(join(this.#folder, 'data/mail'));
    }

    async ready() {
        const line = /"addr":"([^"]+)"/;
        const serving = () => {
            if (this.#exit) throw new Error(this.#exit);
            return this.log.match(line)?.[1];
        };
        const addr = await until('the server to serve', serving, START);
        this.url = `http://${addr}`;
        this.api = new Api(this.url);
        await until('the server to be ready', () => this.api.isReady(), START);
    }

    /** Makes an administrator, as whoever runs the server does. */
    async createAdmin({ email, firstName, lastName }) {
        const args = ['create-admin', '--email', email, '--first-name', firstName, '--last-name', lastName];
        const env = { ...this.#environment, DOORWARD_ADMIN_PASSWORD: PASSWORD };
        await promisify(execFile)(BINARY, args, { cwd: this.#folder, env });
        return { email, password: PASSWORD, firstName, lastName, role: 'ADMIN' };
    }

    /** Ends the process and forgets what it has written. */
    stop() {
        process.off('exit', this.#end);
        this.#child.kill('SIGKILL');
        rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
    }
}
