/** Requests to the site's API, for what is no command to a lab: new labs, kept runs. */

const COOKIE = /(?:^|; )faultline_csrf=([^;]+)/;

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {object | Blob} [body] a Blob is sent as the file it is
 * @returns {Promise<any>} what it answers; rejects with a CommandError
 */
export async function askApi(method, path, body) {
  const isFile = body instanceof Blob;
  const type = isFile ? "application/gzip" : "application/json";
  const headers = { accept: "application/json", "content-type": type };
  const token = COOKIE.exec(document.cookie)?.[1];
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: token ? { ...headers, "x-csrftoken": token } : headers,
    body: isFile ? body : body && JSON.stringify(body),
  }).catch(() => null);
  const found = await answer?.json().catch(() => null);
  if (answer?.ok) return found;
  throw found?.error ?? unreachable(answer?.status);
}

/** @param {number} [status] */
function unreachable(status) {
  return {
    code: "not_connected",
    message: status ? `the site answered with ${status}` : "the site cannot be reached just now",
    field: null,
    hint: "try again in a moment",
  };
}
