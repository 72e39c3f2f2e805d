// Watches a page for what must never happen, whatever the page is.

/** Listens from now on. Returns take(), which gives what was seen since the last call. */
export function watch(page, base) {
  let seen = [];
  const note = (rule, text) => seen.push({ rule, text });
  const origin = new URL(base).origin;
  page.on('console', (message) => {
    // A document's own status is checked by its visit, a subresource's below.
    if (message.text().startsWith('Failed to load resource')) return;
    if (message.type() === 'error' || message.type() === 'warning') note(`console ${message.type()}`, message.text());
  });
  page.on('pageerror', (err) => note('script error', err.message));
  page.on('requestfailed', (request) => {
    // A navigation that the next one overtakes is not a failure, nor is the page's icon, which is fetched late.
    const overtaken = request.failure()?.errorText === 'net::ERR_ABORTED';
    if (overtaken && (request.isNavigationRequest() || new URL(request.url()).pathname.endsWith('/img/hemvist.svg'))) return;
    note('failed request', `${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) note('foreign request', request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) {
      note('failed request', `${response.url()}: ${response.status()}`);
    }
  });
  return () => {
    const out = seen;
    seen = [];
    return out;
  };
}
