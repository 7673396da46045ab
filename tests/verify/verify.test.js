// The resource servers of docs/topics/verifying-tokens.md, each against a doorward: whom they believe, and until when.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { PASSWORD, START, startServer } from '../browser/harness/server.js';
import { until } from '../browser/harness/until.js';

const here = dirname(fileURLToPath(import.meta.url));

/** How each is started, and what it says of a token that it refuses. */
const LANGUAGES = {
    Rust: {
        command: [process.env.RESOURCE_SERVER_BIN],
        words: {
            changed: 'invalid_access_token',
            audience: 'invalid_access_token',
            ended: 'session_ended',
            stale: 'stale_claims',
            revoked: 'invalid_access_token',
            expired: 'access_token_expired',
            lost: 'unavailable',
        },
    },
    Node: {
        command: [process.execPath, join(here, 'node/resource_server.js')],
        words: {
            changed: 'signature verification failed',
            audience: '"aud"',
            ended: 'the session has ended',
            stale: 'the claims are stale',
            revoked: 'key',
            expired: '"exp"',
            lost: 'the revocation feed is lost',
        },
    },
    Python: {
        command: [process.env.PYTHON, join(here, 'python/resource_server.py')],
        words: {
            changed: 'Signature verification failed',
            audience: 'Audience',
            ended: 'the session has ended',
            stale: 'the claims are stale',
            revoked: 'key',
            expired: 'Signature has expired',
            lost: 'the revocation feed is lost',
        },
    },
};

/** A resource server, in a process of its own. */
class ResourceServer {
    static #all = new Set();

    static {
        process.on('exit', () => this.#all.forEach((server) => server.stop()));
    }

    static async start(language, ...args) {
        const server = new ResourceServer();
        const [program, ...first] = LANGUAGES[language].command;
        server.child = spawn(program, [...first, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
        ResourceServer.#all.add(server);
        let said = '';
        let told = '';
        server.child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
        server.child.stderr.setEncoding('utf8').on('data', (text) => (told += text));
        const serving = () => {
            if (server.child.exitCode !== null) throw new Error(`it ended:\n${told}`);
            return said.match(/^http:\S+(?=\n)/)?.[0];
        };
        server.url = await until(`the resource server in ${language}`, serving, START);
        return server;
    }

    /** Status and body of what it answers to a token. */
    async ask(token) {
        const answer = await fetch(this.url, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
        const text = await answer.text();
        return { status: answer.status, challenge: answer.headers.get('www-authenticate'), text };
    }

    async assertAccepts(token) {
        const { status, text } = await this.ask(token);
        assert.equal(status, 200, text);
    }

    async assertRefuses(token, word) {
        const { status, challenge, text } = await this.ask(token);
        assert.equal(status, 401, text);
        assert.match(challenge, /^Bearer\b/);
        assert.ok(text.includes(word), text);
    }

    /** Waits until it refuses a token that it has accepted. */
    async refuses(token, word, status = 401, patience = undefined) {
        const refusal = async () => {
            const answer = await this.ask(token);
            return answer.status === 200 ? null : answer;
        };
        const answer = await until(`“${word}”`, refusal, patience);
        assert.equal(answer.status, status);
        assert.ok(answer.text.includes(word), answer.text);
    }

    stop() {
        this.child.kill('SIGKILL');
    }
}

/** A cache before a doorward, which waits for nothing. */
class HastyCache {
    /** How often it was asked for the feed. */
    asked = 0;
    #server = createServer(async (request, response) => {
        if (request.url.startsWith('/auth/revocations')) this.asked += 1;
        const answer = await fetch(this.doorward + request.url.replace(/wait=\d+/, 'wait=0'));
        response.writeHead(answer.status).end(await answer.text());
    });

    static async start() {
        const cache = new HastyCache();
        await new Promise((done) => cache.#server.listen(0, '127.0.0.1', done));
        cache.url = `http://127.0.0.1:${cache.#server.address().port}`;
        return cache;
    }

    stop() {
        this.#server.close();
        this.#server.closeAllConnections();
    }
}

let people = 0;

/** Signs somebody up; returns the way to doorward as that person, with the tokens. */
async function signUp(doorward) {
    people += 1;
    const email = `jane-${people}@example.com`;
    const body = { email, password: PASSWORD, firstName: 'Jane', lastName: 'Doe' };
    const { tokens, user } = await doorward.api.post('/auth/register', body);
    return { email, password: PASSWORD, id: user.id, token: tokens.accessToken };
}

const bearer = ({ token }) => ({ Authorization: `Bearer ${token}` });

/** The token with one character of a part changed. */
function changed(token, part) {
    const parts = token.split('.');
    const middle = Math.floor(parts[part].length / 2);
    const other = parts[part][middle] === 'A' ? 'B' : 'A';
    parts[part] = parts[part].slice(0, middle) + other + parts[part].slice(middle + 1);
    return parts.join('.');
}

for (const [language, { words }] of Object.entries(LANGUAGES)) {
    describe(language, () => {
        const running = [];
        let doorward;
        let service;

        before(async () => {
            running.push((doorward = await startServer()));
            running.push((service = await ResourceServer.start(language, doorward.url, 'doorward')));
        });

        after(() => running.forEach((each) => each.stop()));

        test('a token of somebody who is signed in is accepted', async () => {
            const jane = await signUp(doorward);
            const { text } = await service.ask(jane.token);
            assert.equal(text, `Hello ${jane.id}`);
        });

        test('no token, and one that was changed anywhere, is refused', async () => {
            const { token } = await signUp(doorward);
            assert.equal((await service.ask(null)).status, 401);
            await service.assertRefuses(changed(token, 2), words.changed);
            for (const part of [0, 1]) assert.equal((await service.ask(changed(token, part))).status, 401);
            const [, payload] = token.split('.');
            const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
            assert.equal((await service.ask(`${none}.${payload}.`)).status, 401);
            await service.assertAccepts(token);
        });

        test('a token for another service is refused', async () => {
            const other = await ResourceServer.start(language, doorward.url, 'another');
            running.push(other);
            const { token } = await signUp(doorward);
            await other.assertRefuses(token, words.audience);
        });

        test('a page of the feed is no token', async () => {
            const { revocations } = await doorward.api.send('GET', '/auth/revocations');
            assert.equal((await service.ask(revocations)).status, 401);
        });

        test('a session that was signed out of is refused, and no other', async () => {
            const jane = await signUp(doorward);
            const other = await signUp(doorward);
            await service.assertAccepts(jane.token);
            await doorward.api.post('/auth/logout', null, bearer(jane));
            await service.refuses(jane.token, words.ended);
            await service.assertAccepts(other.token);
        });

        test('a token from before a change of role is refused, and one from after it accepted', async () => {
            const admin = await doorward.createAdmin({ email: 'root@example.com', firstName: 'A', lastName: 'B' });
            const console = await doorward.api.as(admin);
            const jane = await signUp(doorward);
            await service.assertAccepts(jane.token);
            await console.send('PATCH', `/auth/admin/users/${jane.id}`, { role: 'EMPLOYER', company: 'Tech Corp' });
            await service.refuses(jane.token, words.stale);
            const { tokens } = await doorward.api.post('/auth/login', { email: jane.email, password: jane.password });
            await service.assertAccepts(tokens.accessToken);
        });

        test('what a revoked key has signed is refused, and what the next one signs accepted', async () => {
            const admin = await doorward.createAdmin({ email: 'keys@example.com', firstName: 'A', lastName: 'B' });
            const console = await doorward.api.as(admin);
            const { token } = await signUp(doorward);
            await service.assertAccepts(token);
            const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
            await console.post(`/auth/admin/keys/${kid}/revoke`);
            await service.refuses(token, words.revoked);
            const next = await signUp(doorward);
            await until('the next key to be known', async () => (await service.ask(next.token)).status === 200);
        });

        test('an expired token is refused', async () => {
            const hasty = await startServer({ TOKENS__ACCESS_TTL: '3s' });
            const its = await ResourceServer.start(language, hasty.url, 'doorward');
            running.push(hasty, its);
            const { token } = await signUp(hasty);
            await its.assertAccepts(token);
            await its.refuses(token, words.expired);
        });

        test('a feed that says at once that there is nothing new is asked once in a second', async () => {
            const cache = await HastyCache.start();
            running.push(cache);
            const behind = await startServer({ TOKENS__ISSUER: cache.url });
            running.push(behind);
            cache.doorward = behind.url;
            const its = await ResourceServer.start(language, cache.url, 'doorward');
            running.push(its);
            cache.asked = 0;
            await sleep(3_000);
            assert.ok(cache.asked >= 1 && cache.asked <= 5, `${cache.asked} times`);
            const { token } = await signUp(behind);
            await its.assertAccepts(token);
        });

        test('without the feed every token is refused', async () => {
            const mortal = await startServer();
            const its = await ResourceServer.start(language, mortal.url, 'doorward', '15');
            running.push(mortal, its);
            const { token } = await signUp(mortal);
            await its.assertAccepts(token);
            mortal.stop();
            await its.refuses(token, words.lost, 503, 30_000);
        });
    });
}
