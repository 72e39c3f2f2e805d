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
    // The browser itself stops what a page it leaves was still fetching: its document, a style sheet, an icon. What a page was sending is
    // another matter: it would be lost.
    if (request.failure()?.errorText === 'net::ERR_ABORTED' && request.method() === 'GET') return;
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
