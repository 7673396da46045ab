// @ts-check

export { createClient } from './client.js';
export { DoorwardError } from './errors.js';
export { inCookies, inLocalStorage, inMemory } from './storage.js';
