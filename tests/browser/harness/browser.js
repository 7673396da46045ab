// A Chromium, and pages in it that are watched.

import { chromium } from './packages.js';
import { PASSWORD } from './server.js';

/** One browser a file of tests. */
export function launch() {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
}

const withoutFragment = (url) => url.split('#')[0];

/** A browser on a server, for one test: every page that it opens is watched, and closed at its end. */
export class World {
    /** What no page may give cause for: errors, breaches of its policy, dialogs, answers of 500 and above. */
    complaints = [];
    pages = [];
    #browser;
    #contexts = [];
    #refused = new Set();

    constructor(server, browser) {
        this.server = server;
        this.#browser = browser;
    }

    /** The whole address of a path. */
    url(path) {
        return new URL(path, this.server.url).href;
    }

    /** Opens a browser with nothing in it. */
    async visitor({ js = true, width = 1280, height = 800, as, ...options } = {}) {
        const context = await this.#browser.newContext({
            baseURL: this.server.url,
            javaScriptEnabled: js,
            locale: 'en-US',
            viewport: { width, height },
            ...options,
        });
        // Nothing is expected to run out: these are for a machine that is busy.
        context.setDefaultTimeout(20_000);
        context.setDefaultNavigationTimeout(30_000);
        this.#contexts.push(context);
        await this.#watch(context);
        if (as) await this.signIn(context, as);
        const page = await context.newPage();
        this.pages.push(page);
        return page;
    }

    /** Signs in without a page. */
    async signIn(context, { email, password = PASSWORD }) {
        const data = { email, password, useCookies: true, rememberMe: true };
        const headers = { Origin: this.server.url };
        const response = await context.request.post('/auth/login', { data, headers });
        if (!response.ok()) throw new Error(`${email} was not signed in: ${await response.text()}`);
    }

    async #watch(context) {
        await context.addInitScript(() => {
            document.addEventListener('securitypolicyviolation', (event) => {
                console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
            });
        });
        context.on('console', (message) => {
            if (message.type() !== 'error') return;
            this.complaints.push({ text: `console: ${message.text()}`, url: message.location().url });
        });
        context.on('weberror', (error) => this.complaints.push({ text: `script: ${error.error().message}` }));
        context.on('dialog', (dialog) => {
            this.complaints.push({ text: `dialog: ${dialog.message()}` });
            dialog.dismiss().catch(() => {});
        });
        context.on('response', (response) => {
            if (response.status() >= 500) this.complaints.push({ text: `${response.status()} ${response.url()}` });
            if (response.request().isNavigationRequest()) this.#refused.add(withoutFragment(response.url()));
        });
    }

    /** What a test has to answer for. That a refused form comes with a status of 4xx is logged by the browser as well. */
    found() {
        const refusedPage = ({ text, url }) =>
            text.startsWith('console: Failed to load resource: the server responded with a status of 4') &&
            this.#refused.has(withoutFragment(url));
        return this.complaints.filter((complaint) => !refusedPage(complaint)).map(({ text }) => text);
    }

    async close() {
        await Promise.all(this.#contexts.map((context) => context.close()));
    }
}
