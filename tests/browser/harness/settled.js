// Pages without what is another each time: moments, ids, tokens, ports, counts.

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The source of a page, or a path, without it. */
export function settled(html) {
    return html
        .replace(/<time\b[^>]*>[^<]*<\/time>/g, '<time></time>')
        .replace(/(<svg\b[^>]*class="chart"[^>]*>).*?<\/svg>/gs, '<svg></svg>')
        .replace(/class="number">[^<]*</g, 'class="number"><')
        .replace(UUID, 'ID')
        .replace(/<code>[\w-]{8}<\/code>/g, '<code>ID</code>')
        .replace(/(\/assets\/[\w.]+?)-[\w-]+(\.\w+)/g, '$1$2')
        .replace(/(127\.0\.0\.1|localhost):\d+/g, 'HOST')
        .replace(/(?<![\w-])[\w-]{40,}/g, 'TOKEN')
        .replace(/Chrom(e|ium)[ /][\d.]+/g, 'Chromium');
}

/** In a page that is shown: writes the same into each place that would be another each time. */
export function settle() {
    const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
    for (const time of document.querySelectorAll('time')) {
        time.textContent = time.closest('[data-short], .axis') ? '13:24' : 'Nov 21, 2026, 1:24 PM';
    }
    // Short ids stay apart from each other.
    const short = new Map();
    const shortOf = (id) => {
        if (!short.has(id)) short.set(id, `3c41d7${(short.size + 17).toString(16)}`);
        return short.get(id);
    };
    // So do keys, and the short id of one is how its whole id begins.
    const keys = new Map();
    const keyOf = (id) => {
        const start = id.slice(0, 8);
        if (!keys.has(start)) keys.set(start, `${keys.size + 1}zbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs`);
        return keys.get(start).slice(0, id.length);
    };
    for (const code of document.querySelectorAll('code')) {
        const text = code.textContent;
        if (/^[0-9a-f]{8}$/.test(text)) code.textContent = shortOf(text);
        else if (/^([\w-]{8}|[\w-]{43})$/.test(text)) code.textContent = keyOf(text);
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { currentNode } = walker;
        currentNode.data = currentNode.data
            .replace(id, '01a1fe51-42f7-7043-8bc6-a928b1d6bdf3')
            .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080');
    }
    document.activeElement?.blur();
}
