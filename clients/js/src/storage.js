// @ts-check

/** @import { Session, Storage, WebStorageOptions } from './index.js' */

/**
 * Keeps the tokens in a variable. They are gone with the page.
 * @returns {Storage}
 */
export function inMemory() {
  /** @type {Session | null} */
  let session = null;
  return {
    read: () => session,
    write: (tokens) => {
      session = { ...tokens, version: tokens.accessToken };
    },
    clear: () => {
      session = null;
    },
  };
}

/**
 * Keeps the tokens in localStorage: all tabs share them, and every script of the origin can read them.
 * @param {WebStorageOptions} [options]
 * @returns {Storage}
 */
export function inLocalStorage({ area = globalThis.localStorage, prefix = '' } = {}) {
  if (!area) throw new TypeError('There is no localStorage here.');
  const [access, refresh] = [`${prefix}accessToken`, `${prefix}refreshToken`];
  return {
    shared: `tokens ${prefix}`,
    read: () => {
      const accessToken = area.getItem(access);
      return accessToken ? { version: accessToken, accessToken, refreshToken: area.getItem(refresh) ?? '' } : null;
    },
    write: (tokens) => {
      // The access token last: whoever sees a new one finds the refresh token that belongs to it.
      area.setItem(refresh, tokens.refreshToken);
      area.setItem(access, tokens.accessToken);
    },
    clear: () => {
      area.removeItem(access);
      area.removeItem(refresh);
    },
  };
}

/**
 * Leaves the tokens to the browser's cookies, which no script can read. What is kept here is a mark that changes with
 * them, so that a tab sees that another one has refreshed.
 * @param {WebStorageOptions} [options]
 * @returns {Storage}
 */
export function inCookies({ area = globalThis.localStorage, prefix = '' } = {}) {
  if (!area) throw new TypeError('There is no localStorage here.');
  const mark = `${prefix}doorwardMark`;
  return {
    cookies: true,
    shared: `cookies ${prefix}`,
    // Whether there are cookies, only the server can tell.
    read: () => ({ version: area.getItem(mark) ?? '' }),
    write: () => area.setItem(mark, `${Date.now()}-${Math.random()}`),
    clear: () => area.removeItem(mark),
  };
}
