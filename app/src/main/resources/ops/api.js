/** An answer that is none: the server's words, if it had any. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const PATIENCE = 20000; // of an answer; the server gives up later only for decisions

async function call(path, options, patience) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: 'no-store', credentials: 'same-origin', redirect: 'error', signal: AbortSignal.timeout(patience) });
  } catch (error) {
    throw new Refused(0, error.name === 'TimeoutError' ? `no answer within ${patience / 1000} s` : 'the server does not answer');
  }
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    throw new Refused(response.status, `the answer (${response.status}) is no JSON`);
  }
  if (!response.ok) {
    const told = body?.error?.message ?? `the server answered ${response.status}`;
    throw new Refused(response.status, told);
  }
  return body;
}

export function get(path, parameters) {
  const query = new URLSearchParams(parameters ?? {}).toString();
  return call(`/api/${path}${query ? `?${query}` : ''}`, {}, PATIENCE);
}

export function post(path, body) {
  return call(`/api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }, 2 * PATIENCE);
}
