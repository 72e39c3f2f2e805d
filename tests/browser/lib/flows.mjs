// Runs the scripts in flows/: what a person does over several pages.
// Each exports `name` and `run({ browser, base, signIn, expect, say })`; one that makes requests fail on purpose, as by cutting the network, also
// `expected`: what their complaints look like.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { open, timeout } from './sweep.mjs';
import { watch } from './watch.mjs';

/** expect(value, message) wants a true value; expect.equal(got, want, message) wants the same. */
export function expect(value, message) {
  if (!value) throw new Error(message);
}
expect.equal = (got, want, message) => {
  if (!isDeepStrictEqual(got, want)) throw new Error(`${message}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
};

/** The pages that a flow acts on, each with the document that it is on its way to. */
const leaving = new WeakMap();
function track(page) {
  if (leaving.has(page)) return;
  const state = { to: undefined };
  leaving.set(page, state);
  page.on('request', (r) => { if (r.isNavigationRequest() && r.frame() === page.mainFrame()) state.to = r; });
  page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) state.to = undefined; });
  page.on('requestfailed', (r) => { if (state.to === r) state.to = undefined; });
  page.on('download', () => { state.to = undefined; });
}

/**
 * What a click sets in motion has landed: the next page is whole and its scripts have run, or the part that was fetched stands in its place.
 * A flow that reads a page right after a click would otherwise read whichever page is there, on a busy machine the one before.
 */
async function landed(page) {
  // A form is sent after its click has been answered for. When this comes back, it is known whether the page leaves.
  for (let asked = 0; asked < 2; asked++) await page.evaluate(() => document.readyState).catch(() => undefined);
  const end = Date.now() + timeout;
  while (leaving.get(page).to) {
    if (Date.now() > end) throw new Error(`${page.url()} was left for ${leaving.get(page).to.url()}, which does not come`);
    await new Promise((again) => setTimeout(again, 5));
  }
  await page.waitForLoadState('load');
  await page.locator('.htmx-request, .htmx-settling').first().waitFor({ state: 'detached' });
}

/** Lets whatever a flow does end when it has landed, on all pages of this process. */
function patient(page) {
  const locator = Object.getPrototypeOf(page.locator('html'));
  if (locator.patient) return;
  locator.patient = true;
  for (const act of ['click', 'press', 'selectOption']) {
    const once = locator[act];
    locator[act] = async function landing(...given) {
      const on = this.page();
      track(on);
      const result = await once.apply(this, given);
      if (!on.isClosed()) await landed(on);
      return result;
    };
  }
  // What a script leads to, as a passkey does, is waited for by what it shows: the rest of that page is there, too.
  const { waitFor } = locator;
  locator.waitFor = async function whole(...given) {
    await waitFor.apply(this, given);
    await this.page().waitForLoadState('load');
  };
}

/** Loads every flow of a folder, in the order of their file names. */
export async function load(dir, only = '') {
  const files = readdirSync(dir).filter((f) => f.endsWith('.mjs')).sort();
  const flows = [];
  for (const file of files) {
    const flow = await import(pathToFileURL(path.join(dir, file)));
    if (!flow.name || typeof flow.run !== 'function') throw new Error(`flows/${file} must export name and run`);
    if (flow.name.includes(only)) flows.push(flow);
  }
  return flows;
}

/** Runs one flow. Whatever its pages complain of counts as its failure. */
export async function run(flow, browser, list, states, say = () => {}) {
  const opened = [];
  const signIn = async (role, { language = list.languages[0], ...rest } = {}) => {
    if (role && !states.has(role)) throw new Error(`no role ${role} can sign in`);
    const context = await open(browser, { base: list.base, language, state: role ? states.get(role) : undefined, ...rest });
    const page = await context.newPage();
    patient(page);
    opened.push({ context, page, take: watch(page, list.base) });
    return { context, page };
  };
  const problems = [];
  try {
    await flow.run({ browser, base: list.base, signIn, expect, say });
  } catch (err) {
    problems.push({ rule: 'flow', text: err.message, element: opened.map(({ page }) => page.url()).join(' and ') });
  }
  for (const { context, take } of opened) {
    problems.push(...take().filter((p) => !(p.rule === 'failed request' && flow.expected?.some((e) => e.test(p.text)))));
    await context.close();
  }
  return problems;
}
