// A service that believes access tokens of doorward: `node resource_server.js <server> <audience> [<seconds>]`.

import { createServer } from 'node:http';

import { Unavailable, Verifier } from './verifier.js';

const [server, audience, lostAfter] = process.argv.slice(2);
const verifier = new Verifier(server, audience, lostAfter && Number(lostAfter));
await verifier.start();

const service = createServer(async (request, response) => {
    try {
        const token = request.headers.authorization?.match(/^Bearer +([\w.-]+)$/i)?.[1];
        const claims = await verifier.verify(token);
        response.end(`Hello ${claims.sub}`);
    } catch (error) {
        if (error instanceof Unavailable) response.writeHead(503, { 'Retry-After': '5' });
        else response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
        response.end(error.message);
    }
});
service.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${service.address().port}`));
