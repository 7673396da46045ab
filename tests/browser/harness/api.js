// The JSON interface, where a test needs something that it is not about.

import assert from 'node:assert/strict';

/** What it calls itself, so that lists of devices look as they do. */
const AGENT =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';

export class Api {
    #url;
    #token = null;
    #renew;

    /** Without `renew`, as nobody; it returns an access token, whenever there is none or it has ended. */
    constructor(url, renew = null) {
        this.#url = url;
        this.#renew = renew;
    }

    async isReady() {
        return (await fetch(`${this.#url}/health/ready`).catch(() => null))?.ok ?? false;
    }

    /** Sends a request; what is refused is a failure. */
    async send(method, path, body, headers = {}) {
        const attempt = async () => {
            if (this.#renew) this.#token ??= await this.#renew();
            const sent = {
                'User-Agent': AGENT,
                ...(body && { 'Content-Type': 'application/json' }),
                ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
                ...headers,
            };
            return fetch(this.#url + path, { method, headers: sent, body: body && JSON.stringify(body) });
        };
        let response = await attempt();
        if (response.status === 401 && this.#renew) {
            this.#token = null;
            response = await attempt();
        }
        const text = await response.text();
        assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
        return text ? JSON.parse(text) : null;
    }

    post(path, body, headers) {
        return this.send('POST', path, body, headers);
    }

    /** The same as one who signs in. */
    async as({ email, password }, headers) {
        const renew = async () => (await this.post('/auth/login', { email, password }, headers)).tokens.accessToken;
        const api = new Api(this.#url, renew);
        api.#token = await renew();
        return api;
    }

    /** Signs someone up, and returns the person with an id. */
    async register(person, headers) {
        const { email, password, firstName, lastName, role, company, username, phoneNumber } = person;
        const body = { email, password, firstName, lastName, role, company, username, phoneNumber };
        const { user } = await this.post('/auth/register', body, headers);
        return { ...person, id: user.id };
    }
}
