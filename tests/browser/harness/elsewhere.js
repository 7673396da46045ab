// Another site: pages that are not doorward's, under a host that is not its own. For the cookies of 127.0.0.1,
// localhost is as foreign as any other name.

import { createServer } from 'node:http';
import { once } from 'node:events';

/** Serves these pages, each path and body, until `close`. */
export async function elsewhere(pages) {
    const server = createServer((request, response) => {
        const body = pages[new URL(request.url, 'http://localhost').pathname];
        response.writeHead(body === undefined ? 204 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end(body === undefined ? '' : `<!doctype html><html lang="en"><title>Elsewhere</title>${body}`);
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return {
        url: `http://localhost:${server.address().port}`,
        close() {
            server.closeAllConnections();
            server.close();
        },
    };
}
