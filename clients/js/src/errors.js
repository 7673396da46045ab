// @ts-check

/** @import { FieldError } from './index.js' */

// 401s that no refresh mends: the password was wrong, or the session is over.
export const FINAL = new Set(['invalid_credentials', 'invalid_refresh_token', 'refresh_token_reused']);

/** A refusal of the server, or its silence. */
export class DoorwardError extends Error {
  name = 'DoorwardError';

  /**
   * @param {string} message
   * @param {{ status?: number, code: string, errors?: FieldError[], requestId?: string, retryAfter?: number,
   *   cause?: unknown }} facts
   */
  constructor(message, { status = 0, code, errors = [], requestId, retryAfter, cause }) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** @param {Response} response */
export const isJson = (response) => /\bjson\b/.test(response.headers.get('content-type') ?? '');

/**
 * What an answer says in JSON; nothing, if it says something else.
 * @param {Response} response
 * @returns {Promise<any>}
 */
export async function said(response) {
  const text = await response.text();
  try {
    return (isJson(response) && JSON.parse(text)) || {};
  } catch {
    return {};
  }
}

/**
 * The body of a success; whatever else comes is thrown.
 * @param {Response} response
 */
export async function success(response) {
  const body = await said(response);
  if (response.ok && body.success === true) return body;
  // A proxy or a hotel's gate may have answered in the server's place.
  throw new DoorwardError(body.message ?? `The answer was not the server's (status ${response.status}).`, {
    status: response.status,
    code: body.code ?? 'unexpected_answer',
    errors: body.errors,
    requestId: body.requestId ?? response.headers.get('x-request-id') ?? undefined,
    retryAfter: Number(response.headers.get('retry-after')) || undefined,
  });
}
