// What a team writes in TypeScript, and what the compiler must refuse. Nothing here is run.

import axios from 'axios';
import { createClient, DoorwardError, inCookies, inLocalStorage, inMemory } from '@doorward/client';
import type { Account, Client, Session, Storage, Tokens } from '@doorward/client';
import { attach } from '@doorward/client/axios';

class OurStorage implements Storage {
  readonly shared = 'ours';
  #session: Session | null = null;
  async read() {
    return this.#session;
  }
  async write(tokens: Tokens) {
    this.#session = { ...tokens, version: tokens.accessToken };
  }
  async clear() {
    this.#session = null;
  }
}

export async function use(): Promise<Account> {
  const client: Client = createClient({ url: new URL('https://auth.example.com'), storage: new OurStorage() });
  for (const storage of [inMemory(), inLocalStorage({ prefix: 'a.' }), inCookies({ area: sessionStorage })]) {
    createClient({ storage, origins: ['https://api.example.com'], fetch, locks: navigator.locks });
  }
  await client.login({ username: 'ann', password: 'x', rememberMe: false });
  // @ts-expect-error Two names could be two people's.
  await client.login({ username: 'ann', email: 'ann@example.com', password: 'x' });
  // @ts-expect-error The storage decides where the tokens go.
  await client.login({ email: 'ann@example.com', password: 'x', useCookies: true });
  // @ts-expect-error There is no such event.
  client.on('expired', () => {});
  // @ts-expect-error Only a sign-out has a code.
  client.on('signed-in', ({ code }) => code);
  const off: () => void = client.on('signed-out', ({ code }) => code?.length);
  off();
  const detach: () => void = attach(axios.create(), client);
  detach();
  const answer: Response = await client.fetch(new Request('https://auth.example.com'), { method: 'POST' });
  if (!answer.ok) throw new DoorwardError('No.', { code: 'ours' });
  return (await client.me()).user;
}
