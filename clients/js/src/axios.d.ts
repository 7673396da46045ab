import type { AxiosInstance } from 'axios';
import type { Client } from './index.js';

/**
 * Lets an axios instance do what `client.fetch` does: the access token for the server and its `origins`, one refresh
 * after a 401, one second try. The answer is a function that takes it back.
 */
export function attach(axios: AxiosInstance, client: Client): () => void;
