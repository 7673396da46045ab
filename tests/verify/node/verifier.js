// Access tokens of doorward, verified with jose: no request to doorward for each of them.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What every signature must be made with: `tokens.algorithm` of the server. */
const ALGORITHMS = ['ES256'];

const digest = (id) => createHash('sha256').update(id).digest('base64url');
const seconds = () => performance.now() / 1000;

/** Nothing can be said about any token now. */
export class Unavailable extends Error {}

export class Verifier {
    #server;
    #audience;
    #lostAfter;
    #wait; // for how many seconds the server holds a request back while there is nothing to tell
    #keys;
    #dead = new Map(); // a digest, or the id of a key → the epoch below which it is dead, and until when to remember it
    #cursor = '0';
    #current = -Infinity;

    /** Without the feed for `lostAfter` seconds, every token is refused. */
    constructor(server, audience, lostAfter = 30) {
        [this.#server, this.#audience, this.#lostAfter] = [server, audience, lostAfter];
        this.#wait = Math.min(20, Math.floor((lostAfter * 2) / 3));
        // Within the cache life of the keys, and for an unknown key once in two seconds.
        const often = { cacheMaxAge: 300_000, cooldownDuration: 2_000 };
        this.#keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', server), often);
    }

    /** The claims of a token that is good now; throws for any other. */
    async verify(token) {
        if (seconds() - this.#current > this.#lostAfter) throw new Unavailable('the revocation feed is lost');
        const claims = await this.#open(token, 'at+jwt', {
            audience: this.#audience,
            requiredClaims: ['sub', 'sid', 'epoch', 'iat', 'nbf', 'exp'],
        });
        if (this.#isDead(digest(claims.sid), 0)) throw new Error('the session has ended');
        if (this.#isDead(digest(claims.sub), claims.epoch)) throw new Error('the claims are stale');
        return claims;
    }

    /** Follows the feed for good; resolves when it was read to its end for the first time. */
    async start() {
        while (!(await this.#read(0)));
        this.#follow();
    }

    async #follow() {
        for (let pause = 100, wait = this.#wait; ; ) {
            try {
                await this.#read(wait);
                [pause, wait] = [100, this.#wait];
            } catch (error) {
                console.warn(`the revocation feed: ${error.message}`);
                await sleep(pause);
                [pause, wait] = [Math.min(pause * 2, 5_000), 0];
            }
        }
    }

    /** Reads one page; says whether it was the last one for now. */
    async #read(wait) {
        const url = new URL(`/auth/revocations?after=${this.#cursor}&wait=${wait}`, this.#server);
        const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout((wait + 5) * 1000) });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
        const { revocations } = await answer.json();
        const page = await this.#open(revocations, 'revocations+jwt', { maxTokenAge: 30 });
        if (page.after !== this.#cursor) throw new Error('another page than the one asked for');
        this.#remember(page);
        // Behind where we were: the server was restored from a backup.
        const isRestored = BigInt(page.next) < BigInt(page.after);
        this.#cursor = isRestored ? '0' : page.next;
        const isLast = page.complete && !isRestored;
        if (isLast) this.#current = seconds();
        return isLast;
    }

    #remember({ entries, retention }) {
        for (const [id, { until }] of this.#dead) if (until < seconds()) this.#dead.delete(id);
        for (const { sid, sub, kid, epoch = Infinity } of entries) {
            const id = sid ?? sub ?? kid;
            const below = Math.max(epoch, this.#dead.get(id)?.below ?? 0);
            this.#dead.set(id, { below, until: kid ? Infinity : seconds() + retention });
        }
    }

    #isDead(id, epoch) {
        return epoch < (this.#dead.get(id)?.below ?? 0);
    }

    /** The payload of what the server has signed. */
    async #open(jws, typ, more) {
        const expected = { issuer: this.#server, algorithms: ALGORITHMS, typ, clockTolerance: 2, ...more };
        const { payload, protectedHeader } = await jwtVerify(jws, this.#keys, expected);
        if (this.#isDead(protectedHeader.kid, 0)) throw new Error('the key was revoked');
        return payload;
    }
}
