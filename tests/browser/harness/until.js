// Waiting for what another process does.

const PATIENCE = 10_000;
const BETWEEN = 25;

/** Asks again until the answer is something; fails with `what` when it never is. */
export async function until(what, ask, patience = PATIENCE) {
    const end = Date.now() + patience;
    for (;;) {
        const answer = await ask();
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, BETWEEN));
    }
}
