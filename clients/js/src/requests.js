// @ts-check

import { FINAL, isJson, said } from './errors.js';

/** @param {string | URL | undefined} url */
export function originOf(url) {
  const { origin } = new URL(url ?? '');
  if (origin === 'null') throw new TypeError(`${url} has no origin.`);
  return origin;
}

/** Whether a refresh can mend a 401. @param {Response} response */
export async function mendable(response) {
  return !(isJson(response) && FINAL.has((await said(response.clone())).code));
}

/** Whether a body is gone once it was sent. @param {unknown} body */
export function isStream(body) {
  return typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
}
