// @ts-check

import { FINAL } from './errors.js';
import { isStream } from './requests.js';
import { unlessAborted } from './tabs.js';

/** @type {typeof import('./axios.js').attach} */
export function attach(axios, client) {
  const asking = axios.interceptors.request.use(async (/** @type {any} */ config) => {
    const target = new URL(axios.getUri(config), globalThis.document?.baseURI ?? client.url);
    if (config.headers.has('authorization')) return config;
    const session = await client.credentials(target);
    if (!session) return config;
    if (session.accessToken) config.headers.set('authorization', `Bearer ${session.accessToken}`);
    else config.withCredentials = true;
    config.doorward = { version: session.version, again: config.doorward !== undefined };
    return config;
  });

  /** @param {any} response @returns {Promise<any>} The answer to a second try, if there is to be one. */
  async function again(response) {
    const { doorward, ...config } = response?.config ?? {};
    if (response?.status !== 401 || !doorward || doorward.again || FINAL.has(response.data?.code)) return undefined;
    const renewed = await unlessAborted(client.refresh(doorward.version), config.signal);
    if (!renewed || isStream(config.data)) return undefined;
    config.headers.delete('authorization');
    return axios.request({ ...config, doorward });
  }
  const answering = axios.interceptors.response.use(
    // With `validateStatus` a 401 may count as a success.
    async (response) => (await again(response)) ?? response,
    async (error) => {
      const answer = await again(error.response);
      if (answer) return answer;
      throw error;
    },
  );

  return () => {
    axios.interceptors.request.eject(asking);
    axios.interceptors.response.eject(answering);
  };
}
