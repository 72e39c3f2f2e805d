// Visits every page and collects what is wrong with it.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { accessibility, html, sideways, skeletons, words } from './checks.mjs';
import { narrowest, nobody, schemes, viewports } from './plan.mjs';
import { watch } from './watch.mjs';

/** How long anything in a browser may take, in milliseconds. */
export const timeout = 20_000;

/** Opens a context as one role in one language. Nobody has no state. */
export function open(browser, { base, language, state, ...rest }) {
  return browser.newContext({
    baseURL: base, locale: language, timezoneId: 'Europe/Stockholm', reducedMotion: 'reduce',
    viewport: viewports[0], storageState: state ?? { cookies: [], origins: [] }, ...rest,
  }).then(async (context) => {
    context.setDefaultTimeout(timeout);
    await context.addCookies([{ name: 'lang', value: language, url: base }]);
    return context;
  });
}

/** Signs in by submitting the form on the role's sign-in page, or with its code. Returns the cookies to go on with. */
export async function signIn(browser, list, { role, signIn: at = '/sign-in', code }) {
  const context = await open(browser, { base: list.base, language: list.languages[0] });
  try {
    if (code) {
      const answer = await context.request.post(at, { form: { code, next: '/' } });
      if (!answer.ok()) throw new Error(`the code was answered with ${answer.status()}`);
    } else {
      await submit(await context.newPage(), at);
    }
    const state = await context.storageState();
    if (!state.cookies.some((c) => c.name !== 'lang')) throw new Error(`signing in at ${at} set no cookie`);
    return { cookies: state.cookies.filter((c) => c.name !== 'lang'), origins: [] };
  } catch (err) {
    throw new Error(`signing in as ${role}: ${err.message}`, { cause: err });
  } finally {
    await context.close();
  }
}

async function submit(page, at) {
  const response = await page.goto(at);
  if (response.status() !== 200) throw new Error(`${at} answered ${response.status()}`);
  const button = page.locator('main form button, main form input[type=submit]').first();
  if (!(await button.count())) throw new Error(`${at} has no form with a button in its main part`);
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST' && r.request().isNavigationRequest()),
    button.click(),
  ]);
  await page.waitForLoadState('load');
  if (answer.status() >= 400) throw new Error(`the form at ${at} was answered with ${answer.status()}`);
}

/** A worker: one browser page at a time, kept for as long as role and language stay the same. */
export class Worker {
  constructor(browser, list, states, shots, seen = new Set()) {
    Object.assign(this, { browser, list, states, shots, seen });
    if (shots) mkdirSync(shots, { recursive: true });
  }

  async page(visit) {
    const key = `${visit.role} ${visit.language}`;
    if (this.key !== key) {
      await this.close();
      const state = visit.role === nobody ? undefined : this.states.get(visit.role);
      this.context = await open(this.browser, { base: this.list.base, language: visit.language, state });
      this.current = await this.context.newPage();
      this.take = watch(this.current, this.list.base);
      this.key = key;
      this.viewport = this.scheme = undefined;
    }
    return this.current;
  }

  async close() {
    await this.context?.close();
    this.key = this.context = undefined;
  }

  /** Returns one result a variant: { visit, width, scheme, problems }. */
  async run(visit) {
    const results = viewports.flatMap(({ width }) => schemes.map((scheme) => ({ visit, width, scheme, problems: [] })));
    const add = (problems, width, scheme) => {
      for (const r of results) if ((!width || r.width === width) && (!scheme || r.scheme === scheme)) r.problems.push(...problems);
    };
    try {
      if (visit.html) await this.look(visit, add);
      else await this.fetch(visit, add);
    } catch (err) {
      add([{ rule: 'load', text: err.message.split('\n')[0], element: '' }]);
      await this.close();
    }
    return visit.html ? results : results.slice(0, 1);
  }

  /** A file: only its status can be checked here. */
  async fetch(visit, add) {
    await this.page(visit);
    const response = await this.context.request.get(visit.path, { maxRedirects: 0 });
    if (response.status() !== visit.status) add([status(visit, response.status(), response.headers().location)]);
  }

  /** The page is loaded once, and its window made narrower: what it is made of does not depend on its width. */
  async look(visit, add) {
    const page = await this.page(visit);
    await this.show(page, viewports[0], schemes[0]);
    const response = await page.goto(visit.path, { waitUntil: 'load' });
    const first = await firstStatus(response);
    if (first.status !== visit.status) {
      add([status(visit, first.status, first.to)]);
      this.take();
      return;
    }
    await settled(page);
    add(await words(page, visit.language, this.list.keys));
    // Roles and languages that get the same page but for its words get the same answer from html-validate and axe-core: it is asked once.
    const bones = await skeletons(page);
    this.remember(visit, bones);
    if (this.news(bones.map((bone) => `html ${bone}`))) add(await html(await response.text()));
    const fresh = this.news(bones);
    for (const viewport of viewports) {
      const at = viewport.width;
      await this.show(page, viewport);
      add(await sideways(page), at);
      // The document is the same in both schemes, so the second looks at colours alone. In the narrow window the parts are the same but in
      // another order: one scheme is enough, on half of the pages the one and on half the other.
      const axed = viewport === viewports[0] ? schemes : [schemes[parseInt(digest(bones[0]).slice(-4), 36) % 2]];
      for (const scheme of schemes) {
        const looks = fresh && axed.includes(scheme);
        if (!looks && !this.shots) continue;
        await this.show(page, viewport, scheme);
        if (looks) add(await accessibility(page, scheme !== axed[0]), at, scheme);
        if (this.shots) await page.screenshot({ path: path.join(this.shots, shotName(visit, at, scheme)), fullPage: true });
      }
    }
    await this.show(page, narrowest);
    add(await sideways(page), viewports.at(-1).width);
    add(this.take());
    // What a page weighs is what it is made of, whoever looks at it.
    if (visit.maxBytes && this.news([`weight ${visit.pattern}`])) add(await weigh(page, visit.maxBytes));
  }

  /** Makes the window as wide and the colours as wanted; what is so already costs nothing. */
  async show(page, viewport, scheme = this.scheme) {
    if (this.viewport !== viewport) await page.setViewportSize(viewport);
    if (this.scheme !== scheme) await page.emulateMedia({ colorScheme: scheme });
    Object.assign(this, { viewport, scheme });
  }

  /**
   * Tells whether a visit would show nothing new: in the first language this role got the page as another role did, but for its words, and that
   * role's page has been seen in this language. The words around it have been seen, too. What differs is what the texts say, of which a test knows
   * that both languages have them.
   */
  known({ pattern, role, language, path: at }) {
    const [inner, outer] = this.seen.bones?.get(`${role} ${at}`) ?? [];
    return language !== this.list.languages[0] && inner && this.seen.has(`${language} ${pattern} ${inner}`) && this.seen.has(`${language} ${role} ${outer}`);
  }

  /** Keeps of a visit what known asks for. */
  remember({ pattern, role, language, path: at }, bones) {
    const all = this.seen.bones ??= new Map();
    const mine = bones.map(digest);
    if (language === this.list.languages[0]) all.set(`${role} ${at}`, mine);
    // What the page is made of in the first language is its name in the others.
    const [inner, outer] = all.get(`${role} ${at}`) ?? mine;
    this.seen.add(`${language} ${pattern} ${inner}`);
    this.seen.add(`${language} ${role} ${outer}`);
  }

  /** Tells whether any of these is seen for the first time. */
  news(looks) {
    const fresh = looks.map(digest).filter((look) => !this.seen.has(look));
    fresh.forEach((look) => this.seen.add(look));
    return fresh.length > 0;
  }
}

/** What the first load weighs, as it was sent: the browser knows the size of what it has kept, too. */
async function weigh(page, maxBytes) {
  const total = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0));
  if (total <= maxBytes) return [];
  return [{ rule: 'first load', text: `${total} bytes, more than ${maxBytes}`, element: '' }];
}

const digest = (text) => createHash('sha256').update(text).digest('base64');

const status = (visit, got, to) => ({ rule: 'status', text: `${got}${to ? ` to ${to}` : ''} where ${visit.status} was expected`, element: '' });

async function firstStatus(response) {
  let request = response.request();
  while (request.redirectedFrom()) request = request.redirectedFrom();
  const first = await request.response();
  return { status: first.status(), to: first.headers().location };
}

/** Fonts are there and no partial update is under way. */
async function settled(page) {
  const still = await page.evaluate(() => document.fonts.ready.then(() => !document.querySelector('.htmx-request')));
  if (!still) await page.waitForFunction(() => !document.querySelector('.htmx-request'));
}

function shotName({ pattern, path: at, role, language }, width, scheme) {
  const slug = `${pattern.replace(/^GET /, '')}`.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || (at === '/' ? 'home' : 'page');
  return `${slug}_${role}_${width}_${scheme}_${language}.png`;
}
