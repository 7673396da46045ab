// What a page costs to load.

import { until } from './until.js';

/** Watches what the page's browser fetches from here on, as for a first visit. */
export async function watchTraffic(page) {
    const session = await page.context().newCDPSession(page);
    const requests = new Map();
    session.on('Network.requestWillBeSent', ({ requestId, request, redirectResponse }) => {
        const before = requests.get(requestId);
        const bytes = (before?.bytes ?? 0) + (redirectResponse?.encodedDataLength ?? 0);
        requests.set(requestId, { url: request.url, bytes, ended: false });
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const request = requests.get(requestId);
        if (!request) return;
        request.bytes += encodedDataLength;
        request.ended = true;
    });
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });

    return {
        /** Waits for the end of all that was asked for. */
        ended: () => until('every request to end', () => [...requests.values()].every(({ ended }) => ended)),
        /** Everything that was asked for. */
        urls: () => [...requests.values()].map(({ url }) => url),
        /** The bytes that came, with their headers. */
        bytes: () => [...requests.values()].reduce((sum, request) => sum + request.bytes, 0),
        /** What the browser waits for, beside the page itself, before it shows anything. */
        blocking: () =>
            page.evaluate(() => {
                const entries = performance.getEntriesByType('resource');
                return entries
                    .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking')
                    .map(({ name }) => name);
            }),
    };
}
