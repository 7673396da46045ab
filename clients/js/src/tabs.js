// @ts-check

// For how long localStorage may show another tab what is no longer true.
const LATE = 2000;

/**
 * What is done under one lock is done one after another: in all tabs where there are Web Locks, else in this one.
 *
 * The next holder of a lock may be in another process, which what was written to localStorage reaches a moment later
 * than the lock does. Locks are never late. So who writes holds one more of them for a while, and its name tells what
 * is true now.
 * @param {string} name
 * @param {import('./index.js').Locks | null | undefined} locks
 */
export function createLock(name, locks) {
  if (!locks) return createQueue();
  const prefix = `${name}#`;

  /** The newest announcement, as its number and its text. */
  async function newest() {
    const { held = [] } = (await locks?.query?.()) ?? {};
    const said = held.filter((lock) => lock.name?.startsWith(prefix)).map((lock) => lock.name?.split('#') ?? []);
    return said.map(([, at, what]) => ({ at: Number(at), what })).sort((a, b) => b.at - a.at)[0];
  }

  return {
    /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    locked: async (work) => await locks.request(name, work),
    /** @param {string} what */
    announce: async (what) => {
      if (!locks.query) return;
      const at = ((await newest())?.at ?? 0) + 1;
      await new Promise((granted) => {
        locks.request(`${prefix}${at}#${what}`, () => {
          granted(undefined);
          return new Promise((over) => /** @type {any} */ (setTimeout(over, LATE)).unref?.());
        });
      });
    },
    announced: async () => (await newest())?.what,
  };
}

function createQueue() {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return {
    /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
    locked: (work) => {
      const mine = last.then(work);
      last = mine.catch(() => {});
      return mine;
    },
    announce: async () => {},
    announced: async () => undefined,
  };
}

/**
 * A way to tell the other tabs.
 * @param {string} name
 * @param {(message: any) => void} heard
 */
export function createChannel(name, heard) {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => heard(data);
  // In Node an open channel would keep the process alive.
  /** @type {any} */ (channel).unref?.();
  return channel;
}

/**
 * Waits for what others wait for too: who gives up does not stop it.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | null | undefined} signal
 * @returns {Promise<T>}
 */
export function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
