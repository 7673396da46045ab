// @ts-check

import { DoorwardError, FINAL, success } from './errors.js';
import { isStream, mendable, originOf } from './requests.js';
import { inMemory } from './storage.js';
import { createChannel, createLock, unlessAborted } from './tabs.js';

/** @import { Tokens } from './index.js' */

// What the server itself allows a request.
const PATIENCE = 30_000;
// How long to wait for the answer to a refresh, the first and the second time. A lost answer must be asked for again
// within the server's grace of ten seconds: after it, the same token would look stolen.
const REFRESH_PATIENCE = [5_000, 15_000];
const PAUSE = 500;

/** @type {typeof import('./index.js').createClient} */
export function createClient(options = {}) {
  const { url = globalThis.location?.origin, storage = inMemory(), locks = globalThis.navigator?.locks } = options;
  const send = options.fetch ?? globalThis.fetch;
  const home = originOf(url);
  // No other origin has use for the cookies.
  const origins = new Set(storage.cookies ? [home] : [home, ...(options.origins ?? []).map(originOf)]);
  const name = `doorward:${home}:${storage.shared}`;
  const { locked, announce, announced } = createLock(name, storage.shared ? locks : undefined);
  const events = new EventTarget();

  // Rises with each sign-out, so that what began before it is void.
  let epoch = 0;
  /** @type {Promise<boolean> | null} */
  let refreshing = null;
  /** @type {AbortController | null} */
  let exchange = null;
  // When the newest tokens that this tab has received are nearly used up, by a clock that nobody sets.
  /** @type {{ version: string, at: number } | null} */
  let stale = null;

  let channel = storage.shared ? createChannel(name, hear) : null;

  /** @param {{ type: 'signed-in' | 'signed-out', detail: any }} message */
  function hear({ type, detail }) {
    if (type === 'signed-out') end();
    tell(type, { ...detail, elsewhere: true });
  }

  /** @param {'signed-in' | 'signed-out'} type @param {any} detail */
  function tell(type, detail) {
    events.dispatchEvent(new CustomEvent(type, { detail }));
    if (!detail.elsewhere) channel?.postMessage({ type, detail });
  }

  /** Makes what is under way here void. */
  function end() {
    epoch += 1;
    stale = null;
    exchange?.abort();
  }

  /**
   * A call of this client's own. It always ends, since others wait for the lock.
   * @param {string} path
   * @param {object} [body]
   * @param {number} [patience]
   */
  async function post(path, body, patience = PATIENCE, stop = new AbortController()) {
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      return await success(
        await send(home + path, {
          method: 'POST',
          // Beside tokens of ours, the cookies of the server's own pages are another session.
          credentials: storage.cookies ? 'include' : 'omit',
          // A page that is left in the meantime still gets its cookies.
          keepalive: true,
          signal: stop.signal,
          ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        }),
      );
    } catch (cause) {
      if (cause instanceof DoorwardError) throw cause;
      throw new DoorwardError('The server did not answer.', { code: 'unreachable', cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** What is stored, as the last holder of the lock left it. */
  async function current() {
    const truth = await announced();
    for (let patience = 100; ; patience -= 1) {
      const session = await storage.read();
      // Who has changed the storage behind our back is right in the end.
      if (truth === undefined || truth === markOf(session) || !patience) return session;
      await pause(10);
    }
  }

  async function clear() {
    await storage.clear();
    await announce(markOf(null));
  }

  /** @param {Tokens & { expiresIn: number } | undefined} tokens Nothing, if they are in cookies. */
  async function keep(tokens) {
    if (!tokens && !storage.cookies) throw new DoorwardError('The answer holds no tokens.', { code: 'unexpected_answer' });
    await storage.write(/** @type {any} */ (tokens));
    const session = await storage.read();
    await announce(markOf(session));
    if (tokens && session) stale = { version: session.version, at: performance.now() + tokens.expiresIn * 950 };
  }

  /**
   * Whether the cookies are of this person: a sign-up may have to wait for the address to be proven, with the cookies
   * of somebody else still there, and cookies cannot be looked at.
   * @param {{ id: string }} person
   */
  async function isSignedIn(person) {
    const me = await send(`${home}/auth/me`, { credentials: 'include', signal: AbortSignal.timeout(PATIENCE) });
    return me.ok && (await me.json()).user.id === person.id;
  }

  /** @param {string} path @param {object} credentials */
  async function signIn(path, credentials) {
    const answer = await locked(async () => {
      const before = await current();
      const body = await post(path, { ...credentials, useCookies: Boolean(storage.cookies) });
      let signedIn = Boolean(body.tokens);
      if (storage.cookies && body.user) {
        signedIn = path === '/auth/login' || (await isSignedIn(body.user));
      }
      if (signedIn) {
        await keep(body.tokens);
        const { refreshToken } = before ?? {};
        if (refreshToken) await post('/auth/logout', { refreshToken }, REFRESH_PATIENCE[0]).catch(() => {});
      }
      return { ...body, signedIn };
    });
    if (answer.signedIn) tell('signed-in', { elsewhere: false });
    return answer;
  }

  /** @type {import('./index.js').Client['logout']} */
  async function logout() {
    const before = await storage.read();
    end();
    // What is kept here goes at once, even if the server does not answer. Cookies only it can take away.
    let over = !storage.cookies;
    if (over) await storage.clear();
    try {
      await locked(async () => {
        const session = (await current()) ?? before;
        const body = storage.cookies ? undefined : { refreshToken: session?.refreshToken };
        if (session) await post('/auth/logout', body).catch(unlessNothingToEnd);
        await clear();
        over = true;
      });
    } finally {
      if (over) tell('signed-out', { elsewhere: false });
    }
  }

  /** @type {import('./index.js').Client['logoutAll']} */
  async function logoutAll() {
    const { sessionsRevoked } = await success(await authFetch('/auth/logout-all', { method: 'POST' }));
    end();
    await locked(clear);
    tell('signed-out', { elsewhere: false });
    return sessionsRevoked;
  }

  /**
   * Exchanges the refresh token, unless someone has done so. Runs under the lock.
   * @param {string | undefined} used The version that was refused.
   * @returns {Promise<{ renewed: boolean, code?: string }>}
   */
  async function renew(used) {
    const began = epoch;
    const session = await current();
    if (!session) return { renewed: false };
    if (used !== undefined && session.version && session.version !== used) return { renewed: true };
    const body = storage.cookies ? undefined : { refreshToken: session.refreshToken };
    /** @param {number} patience */
    const ask = (patience) => post('/auth/refresh', body, patience, (exchange = new AbortController()));
    let answer;
    try {
      answer = await ask(REFRESH_PATIENCE[0]).catch(async (error) => {
        if (error.code !== 'unreachable') throw error;
        await pause(PAUSE);
        if (began !== epoch) throw error;
        return ask(REFRESH_PATIENCE[1]);
      });
    } catch (error) {
      if (began !== epoch) return { renewed: false };
      const { code } = /** @type {DoorwardError} */ (error);
      if (!FINAL.has(code)) throw error;
      // Where tabs share no lock, somebody may have signed in in another.
      const now = await storage.read();
      if (now && now.version !== session.version) return { renewed: true };
      await clear();
      return { renewed: false, code };
    } finally {
      exchange = null;
    }
    if (began !== epoch) return { renewed: false };
    // Where tabs share no lock, another may have been quicker, or signed out.
    const now = await storage.read();
    if (now?.version !== session.version) return { renewed: now !== null };
    await keep(answer.tokens);
    return { renewed: true };
  }

  /** @type {import('./index.js').Client['refresh']} */
  function refresh(used) {
    refreshing ??= locked(() => renew(used))
      .then(({ renewed, code }) => {
        if (code) tell('signed-out', { elsewhere: false, code });
        return renewed;
      })
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  }

  /** @type {import('./index.js').Client['credentials']} */
  async function credentials(target) {
    if (!origins.has(new URL(target, home).origin)) return null;
    const session = await storage.read();
    if (session && stale?.version === session.version && performance.now() > stale.at) {
      // If it fails, the old token may still do, or brings the 401 that says more.
      await refresh(session.version).catch(() => {
        stale = null;
      });
      return storage.read();
    }
    return session;
  }

  /** @type {import('./index.js').Client['fetch']} */
  async function authFetch(input, init = {}) {
    const request = typeof input === 'object' && 'url' in input ? input : null;
    const target = request ? request.url : String(new URL(/** @type {string | URL} */ (input), home));
    const headers = new Headers(init.headers ?? request?.headers);
    const signal = init.signal ?? request?.signal;
    if (!origins.has(new URL(target).origin) || headers.has('authorization')) return send(request ?? target, init);

    /** @param {boolean} last */
    const attempt = async (last) => {
      const session = await unlessAborted(credentials(target), signal);
      headers.delete('authorization');
      if (session?.accessToken) headers.set('authorization', `Bearer ${session.accessToken}`);
      const subject = request && !last ? request.clone() : (request ?? target);
      const response = await send(subject, { ...(storage.cookies && { credentials: 'include' }), ...init, headers });
      return { session, response };
    };
    const { session, response } = await attempt(false);
    if (!session || response.status !== 401) return response;
    if (!(await mendable(response))) return response;
    // Also for a body that cannot be sent twice: the caller's own second try will do.
    const renewed = await unlessAborted(refresh(session.version), signal);
    if (!renewed || isStream(init.body)) return response;
    await response.body?.cancel();
    return (await attempt(true)).response;
  }

  return {
    url: home,
    fetch: authFetch,
    login: async (credentials) => (await signIn('/auth/login', credentials)).user,
    register: async (person) => {
      const { user, signedIn } = await signIn('/auth/register', person);
      return { user, signedIn };
    },
    logout,
    logoutAll,
    me: async () => {
      const { user, profile } = await success(await authFetch('/auth/me'));
      return { user, profile };
    },
    on: (type, listener) => {
      /** @param {Event} event */
      const heard = (event) => listener(/** @type {CustomEvent} */ (event).detail);
      events.addEventListener(type, heard);
      return () => events.removeEventListener(type, heard);
    },
    credentials,
    refresh,
    close: () => {
      channel?.close();
      channel = null;
    },
  };
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Enough of a version to tell it from others. @param {import('./index.js').Session | null} session */
const markOf = (session) => session?.version.slice(-16) ?? '';

/** @param {DoorwardError} error */
function unlessNothingToEnd(error) {
  if (error.status !== 401) throw error;
}
