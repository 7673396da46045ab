/** A person, as sign-up and sign-in show them. */
export interface User {
  id: string;
  email: string;
  role: 'CANDIDATE' | 'EMPLOYER' | 'ADMIN' | (string & {});
  firstName: string;
  lastName: string;
  /** The company of an employer. */
  company: string | null;
  emailVerified: boolean;
}

/** A person, as they see themselves. */
export interface Account extends User {
  username: string | null;
  locale: string;
  isActive: boolean;
  createdAt: string;
  lastLoginAt: string | null;
}

/** What the role adds to a person; `type` is the role. */
export interface Profile {
  type: User['role'];
  [field: string]: unknown;
}

/** A sign-in, by address or by username. */
export type Credentials = ({ email: string; username?: never } | { username: string; email?: never }) & {
  password: string;
  /** Whether cookies outlive the browser; true, if it is not said. */
  rememberMe?: boolean;
  /** Keeps an account after all that is going to be deleted. */
  restore?: boolean;
};

/** A sign-up. */
export interface Registration {
  email: string;
  password: string;
  firstName: string;
  lastName: string;
  username?: string;
  role?: User['role'];
  /** The company, which an employer must name. */
  company?: string;
  phoneNumber?: string;
  locale?: string;
  /** The token of an invitation. */
  invitation?: string;
  rememberMe?: boolean;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** What is stored. `version` is another one after each refresh and each sign-in. */
export interface Session extends Partial<Tokens> {
  version: string;
}

/** Where a session is kept. A team can bring its own. */
export interface Storage {
  /**
   * A name, if other tabs see the same. Then those that use the name take turns, and tell each other of sign-ins and
   * sign-outs.
   */
  readonly shared?: string;
  /** Whether the tokens are in cookies of the browser. Then `write` is given none, and `read` never returns null. */
  readonly cookies?: boolean;
  read(): Session | null | Promise<Session | null>;
  write(tokens: Tokens): void | Promise<void>;
  clear(): void | Promise<void>;
}

export interface WebStorageOptions {
  /** Instead of the page's `localStorage`. */
  area?: Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Goes before the names of the items, for two clients on one origin. */
  prefix?: string;
}

/** Keeps the tokens in a variable. They are gone with the page, and each tab signs in by itself. */
export function inMemory(): Storage;
/** Keeps the tokens in `localStorage`, as `accessToken` and `refreshToken`. Every script of the origin can read them. */
export function inLocalStorage(options?: WebStorageOptions): Storage;
/** Leaves the tokens to cookies that no script can read. For browsers. */
export function inCookies(options?: WebStorageOptions): Storage;

export interface SignedIn {
  /** Whether it happened in another tab. It may be another person now. */
  elsewhere: boolean;
}

export interface SignedOut {
  elsewhere: boolean;
  /** Why the server ended the session; absent after `logout` and `logoutAll`. */
  code?: string;
}

/** Web Locks, as far as the client needs them. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
  query?(): Promise<{ held?: { name?: string }[] }>;
}

export interface ClientOptions {
  /** The server. In browsers, the page's own origin if it is not said. */
  url?: string | URL;
  /** `inMemory()`, if it is not said. */
  storage?: Storage;
  /** Other origins that get the access token, such as an API's. No other origin ever does. */
  origins?: (string | URL)[];
  /** Instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Instead of `navigator.locks`; null for none. */
  locks?: Locks | null;
}

export interface Client {
  /** The server's origin. */
  readonly url: string;

  /** Signs up. `signedIn` is false if the address must be proven first. */
  register(person: Registration): Promise<{ user?: User; signedIn: boolean }>;
  /** Signs in. A session that this client had before ends. */
  login(credentials: Credentials): Promise<User>;
  /**
   * Signs out. Tokens are forgotten here even if the server cannot be told, which is thrown; with cookies the person
   * is then still signed in.
   */
  logout(): Promise<void>;
  /** Signs out everywhere, and says how many sessions ended. */
  logoutAll(): Promise<number>;
  /** Who is signed in. */
  me(): Promise<{ user: Account; profile: Profile }>;

  /**
   * `fetch`, with the access token for the server and for `origins`, and without it for anyone else. A relative
   * address is relative to the server.
   *
   * After a 401 the tokens are refreshed, once for all requests of all tabs, and the request is sent again, once. A
   * body that is a stream cannot be: then the tokens are refreshed, and the 401 is the answer. A `Request` is copied to
   * be sent again, so its body stays in memory until the answer is there.
   *
   * A refresh that does not come about, without being refused, is thrown as a `DoorwardError`.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

  /** Listens; the answer is a function that ends it. */
  on(type: 'signed-in', listener: (event: SignedIn) => void): () => void;
  on(type: 'signed-out', listener: (event: SignedOut) => void): () => void;

  /** For another HTTP library: what a request to this address may carry; null, if nothing. */
  credentials(target: string | URL): Promise<Session | null>;
  /**
   * For another HTTP library: gets new tokens, unless the stored version is another one than that which was `used`.
   * False: nobody is signed in any more. Throws if the server cannot say.
   */
  refresh(used?: string): Promise<boolean>;

  /** Stops listening to other tabs. */
  close(): void;
}

export function createClient(options?: ClientOptions): Client;

export interface FieldError {
  /** The name of the field; empty for the body as a whole. */
  field: string;
  code: string;
  message: string;
}

/** A refusal of the server, or its silence. `message` may be shown to a person. */
export class DoorwardError extends Error {
  constructor(
    message: string,
    facts: {
      status?: number;
      code: string;
      errors?: FieldError[];
      requestId?: string;
      retryAfter?: number;
      cause?: unknown;
    },
  );
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /**
   * The server's code, which is stable; `unreachable` if there was no answer, `unexpected_answer` if it came from
   * something else than the server.
   */
  readonly code: string;
  readonly errors: FieldError[];
  readonly requestId?: string;
  /** After how many seconds to try again. */
  readonly retryAfter?: number;
}
