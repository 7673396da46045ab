// The mails that the server has put into its folder.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { until } from './until.js';

/** A folder of mails, each of which is handed out once. */
export class Mailbox {
    #folder;
    #read = new Set();

    constructor(folder) {
        this.#folder = folder;
    }

    /** Every mail that is there, the oldest first. */
    all() {
        if (!existsSync(this.#folder)) return [];
        const names = readdirSync(this.#folder).filter((name) => name.endsWith('.eml'));
        return names.sort().map((name) => ({ name, ...parse(readFileSync(join(this.#folder, name), 'utf8')) }));
    }

    /** Waits for a mail to this address whose link leads to this path; the oldest that nobody has asked for. */
    async to(address, path) {
        const isIt = (mail) =>
            !this.#read.has(mail.name) &&
            mail.to === address &&
            mail.link !== null &&
            new URL(mail.link).pathname === path;
        const mail = await until(`a mail to ${address} with a link to ${path}`, () => this.all().find(isIt));
        this.#read.add(mail.name);
        return mail;
    }
}

/** Reads a message: its recipient, its subject, and the first link of its text. */
export function parse(source) {
    const { headers, body } = split(source);
    const boundary = headers['content-type']?.match(/boundary="([^"]+)"/)?.[1];
    const parts = boundary
        ? body
              .split(`--${boundary}`)
              .slice(1, -1)
              .map((part) => split(part.replace(/^\r?\n/, '')))
        : [{ headers, body }];
    const plain = parts.find((part) => /text\/plain/.test(part.headers['content-type'] ?? 'text/plain'));
    const text = decode(plain.body, plain.headers['content-transfer-encoding'] ?? '8bit');
    return {
        to: headers.to.match(/<([^<>]+)>\s*$/)?.[1] ?? headers.to,
        subject: words(headers.subject),
        text,
        link: text.match(/https?:\/\/\S+/)?.[0] ?? null,
    };
}

function split(source) {
    const [head, ...rest] = source.split(/\r?\n\r?\n/);
    const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
    const fields = lines.map((line) => line.match(/^([^:]+):\s*(.*)$/)).filter(Boolean);
    const headers = Object.fromEntries(fields.map(([, name, value]) => [name.toLowerCase(), value]));
    return { headers, body: rest.join('\n\n') };
}

function decode(body, encoding) {
    switch (encoding.toLowerCase()) {
        case 'base64':
            return Buffer.from(body, 'base64').toString('utf8');
        case 'quoted-printable':
            return quoted(body.replace(/=\r?\n/g, ''));
        default:
            return body;
    }
}

function quoted(text) {
    const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Encoded words of a header (RFC 2047). */
function words(header) {
    const joined = header.replace(/\?=\s+=\?/g, '?==?');
    return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, text) =>
        kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : quoted(text.replaceAll('_', ' ')),
    );
}
