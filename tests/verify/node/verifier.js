// Access tokens of doorward, verified with jose: no request to doorward for each of them.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What every signature must be made with: `tokens.algorithm` of the server. */
const ALGORITHMS = ['ES256'];
/** For how many seconds a token may live, however it is signed: the most that `tokens.access_ttl` can be. */
const MAX_LIFE = 3_600;
/** How many seconds the clocks may be apart. */
const LEEWAY = 2;

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
    #current = -Infinity; // up to when everything is known that the feed has told
    #retention = Infinity; // for how many seconds it tells of what has ended

    /** Without the feed for `lostAfter` seconds, 12 at least, every token is refused. */
    constructor(server, audience, lostAfter = 30) {
        [this.#server, this.#audience, this.#lostAfter] = [server, audience, lostAfter];
        // A page may be 5 seconds old when it is signed, and look older by as much as the clocks are apart.
        this.#wait = Math.min(20, Math.max(1, Math.floor(((lostAfter - 5 - LEEWAY) * 2) / 3)));
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
        if (claims.exp - claims.iat > MAX_LIFE) throw new Error('the token lives too long');
        if (this.#isDead(digest(claims.sid), 0)) throw new Error('the session has ended');
        if (this.#isDead(digest(claims.sub), claims.epoch)) throw new Error('the claims are stale');
        return claims;
    }

    /** Follows the feed for good; resolves when it was read to its end for the first time. */
    async start() {
        while (!(await this.#read(0)).isLast);
        this.#follow();
    }

    async #follow() {
        for (let pause = 100, wait = this.#wait; ; ) {
            const asked = performance.now();
            try {
                const { isEmpty } = await this.#read(wait);
                [pause, wait] = [100, this.#wait];
                // A cache on the way does not wait until there is something to tell.
                if (isEmpty) await sleep(Math.max(0, asked + 1_000 - performance.now()));
            } catch (error) {
                console.warn(`the revocation feed: ${error.message}`);
                await sleep(pause);
                [pause, wait] = [Math.min(pause * 2, 5_000), 0];
            }
        }
    }

    /** Reads one page; says whether it was the last one for now, and whether it told nothing. */
    async #read(wait) {
        // The end of a key may have left the feed again while that was silent, but the key has left the set too.
        if (seconds() - this.#current > this.#retention) await this.#keys.reload();
        const url = new URL(`/auth/revocations?after=${this.#cursor}&wait=${wait}`, this.#server);
        const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout((wait + 5) * 1000) });
        if (!answer.ok) throw new Error(`answered ${answer.status}`);
        const { revocations } = await answer.json();
        const page = await this.#open(revocations, 'revocations+jwt', { maxTokenAge: Math.min(30, this.#lostAfter) });
        if (page.after !== this.#cursor) throw new Error('another page than the one asked for');
        this.#remember(page);
        // Behind where we were: the server was restored from a backup.
        const isRestored = BigInt(page.next) < BigInt(page.after);
        this.#cursor = isRestored ? '0' : page.next;
        const isLast = page.complete && !isRestored;
        // The page says what was so when it was made, however long it was on its way.
        if (isLast) this.#current = seconds() - Math.max(0, Date.now() / 1000 - page.iat);
        this.#retention = page.retention;
        return { isLast, isEmpty: page.entries.length === 0 };
    }

    #remember({ entries, retention }) {
        // Tokens from before their life was shortened live on.
        const remembered = seconds() + Math.max(retention, MAX_LIFE + 2 * LEEWAY);
        for (const [id, { until }] of this.#dead) if (until < seconds()) this.#dead.delete(id);
        for (const { sid, sub, kid, epoch = Infinity } of entries) {
            const id = sid ?? sub ?? kid;
            const below = Math.max(epoch, this.#dead.get(id)?.below ?? 0);
            this.#dead.set(id, { below, until: kid ? Infinity : remembered });
        }
    }

    #isDead(id, epoch) {
        return epoch < (this.#dead.get(id)?.below ?? 0);
    }

    /** The payload of what the server has signed. */
    async #open(jws, typ, more) {
        const expected = { issuer: this.#server, algorithms: ALGORITHMS, typ, clockTolerance: LEEWAY, ...more };
        const { payload, protectedHeader } = await jwtVerify(jws, this.#keys, expected);
        if (this.#isDead(protectedHeader.kid, 0)) throw new Error('the key was revoked');
        return payload;
    }
}
