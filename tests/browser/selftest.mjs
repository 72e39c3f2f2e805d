// Shows that the browser check can fail: small pages with one fault each must be reported with that
// fault and nothing else, and a page without fault must pass. Then the gallery must pass as a whole.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve as serveGallery } from './gallery.mjs';
import { promises } from './gallery/behaviour.mjs';
import { pages as gallery } from './gallery/pages.mjs';
import { launch } from './lib/chromium.mjs';
import * as flows from './lib/flows.mjs';
import { read, visits } from './lib/plan.mjs';
import { signIn } from './lib/sweep.mjs';
import { sweep } from './run.mjs';

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'";
const page = (body, { lang = 'sv', head = '' } = {}) => `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>En sida</title><link rel="icon" href="/img/hemvist.svg"><link rel="stylesheet" href="/style.css">${head}</head>
<body><main><h1>Rubrik</h1>${body}</main></body></html>`;

const css = `.pale{color:#999;background:#fff}.wide{width:2000px}.broad{width:340px}
@media(width < 500px){.narrow-only{width:900px}}
@media(prefers-color-scheme:dark){body{background:#161412;color:#edeceb}.night{color:#333}}`;

// Each page with the rule that must be reported, and the variants (of four) that must have it. What axe-core alone finds it finds at 390 pixels in
// one of the schemes, which of them follows from what the page is made of.
const faulty = {
  alt: [page('<img src="/icon.svg">'), /^(axe image-alt|html wcag\/h37)/, 4],
  contrast: [page('<p class="pale">Blek text</p>'), /^axe color-contrast/, 3],
  night: [page('<p class="night">Mörk text på mörk botten</p>'), /^axe color-contrast/, 1],
  markup: [page('<p id="a">Ett</p><p id="a">Två</p>'), /^(html no-dup-id|axe duplicate-id)/, 4],
  inline: [page('<p style="color:red">Ord</p>'), /^(html no-inline-style|console error)/, 4],
  console: [page('<p>Ord</p>', { head: '<script src="/error.js"></script>' }), /^console error/, 4],
  warning: [page('<p>Ord</p>', { head: '<script src="/warning.js"></script>' }), /^console warning/, 4],
  thrown: [page('<p>Ord</p>', { head: '<script src="/thrown.js"></script>' }), /^script error/, 4],
  missing: [page('<img src="/missing.png" alt="">'), /^failed request/, 4],
  foreign: [page('<p>Ord</p>', { head: '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">' }), /^(foreign request|failed request|console error)/, 4],
  wide: [page('<div class="wide">Bred</div>'), /^sideways scroll/, 4],
  narrow: [page('<div class="narrow-only">Bred på en telefon</div>'), /^sideways scroll/, 2],
  broad: [page('<div class="broad">För bred för 320</div>'), /^sideways scroll/, 2],
  language: [page('<p>Words</p>', { lang: 'en' }), /^language/, 4],
  key: [page('<p>sign-in.code.hint</p>'), /^untranslated/, 4],
  label: [page('<p aria-label="home.empty" role="note">Ord</p>'), /^untranslated/, 4],
  status: [page('<p>Ord</p>'), /^status/, 4],
  moved: [page('<p>Ord</p>'), /^status/, 4],
  heavy: [page(`<p>${'Ord '.repeat(2000)}</p>`), /^first load/, 4],
};
const sound = page('<p>Ord. Se t.ex. www.exempel.se eller skriv till anna.maria.ek@exempel.se. Filen heter lista.csv.</p><p>Kl. 17.30 den 3.12.2026.</p>');
const scripts = { '/error.js': 'console.error("fel")', '/warning.js': 'console.warn("obs")', '/thrown.js': 'throw new Error("kastat")' };

const signInForm = page('<form method="post" action="/in"><button type="submit">Logga in</button></form>');
const secret = page('<p>Bara för ledare</p>');

function answer(req, res) {
  const { pathname } = new URL(req.url, 'http://localhost');
  const name = pathname.slice(1);
  const send = (status, type, body, more = {}) => {
    res.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': policy, ...more });
    res.end(body);
  };
  if (pathname === '/style.css') return send(200, 'text/css', css);
  if (pathname === '/icon.svg' || pathname === '/img/hemvist.svg') return send(200, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  if (scripts[pathname]) return send(200, 'text/javascript', scripts[pathname]);
  if (name === 'in' && req.method === 'POST') return send(303, 'text/plain', '', { Location: '/sound', 'Set-Cookie': 'session=1; Path=/; HttpOnly' });
  if (name === 'in') return send(200, 'text/html', signInForm);
  if (name === 'deaf') return send(200, 'text/html', page('<form method="post" action="/deaf"><button type="submit">Logga in</button></form>'));
  if (name === 'secret') return send(/session=1/.test(req.headers.cookie ?? '') ? 200 : 403, 'text/html', secret);
  if (name === 'spoken') {
    const lang = /lang=(\w+)/.exec(req.headers.cookie ?? '')?.[1];
    return send(200, 'text/html', page('<p>Ord</p>', { lang }));
  }
  if (name === 'file') return send(200, 'text/csv', 'a;b', { 'Content-Disposition': 'attachment; filename="lista.csv"' });
  if (name === 'slow' && req.method === 'POST') {
    // Late, and in two parts, with what is asked for in the second.
    const [first, rest] = page('<p class="there">Framme</p>').split('<p class="there">');
    setTimeout(() => { res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }); res.write(first); }, 300);
    return setTimeout(() => res.end(`<p class="there">${rest}`), 600);
  }
  if (name === 'slow') return send(200, 'text/html', page('<form method="post" action="/slow"><button type="submit">Skicka</button></form>'));
  if (name === 'sound') return send(200, 'text/html', sound);
  if (name === 'status') return send(500, 'text/html', faulty.status[0]);
  if (name === 'moved') return send(303, 'text/html', '', { Location: '/sound' });
  if (faulty[name]) return send(200, 'text/html', faulty[name][0]);
  return send(404, 'text/plain', 'nej');
}

const list = (base, rest) => read(JSON.stringify({ base, languages: ['sv'], keys: ['home.empty'], ...rest }));
const publicPage = (name, rest) => ({ pattern: `GET /${name}`, path: `/${name}`, public: true, ...rest });

async function faults(base) {
  const pages = Object.keys(faulty).map((name) => publicPage(name, name === 'heavy' ? { maxBytes: 5000 } : {}));
  const { failures } = await sweep(list(base, { pages }), { workers: 2 });
  const wrong = [];
  for (const [name, [, rule, count]] of Object.entries(faulty)) {
    const mine = failures.filter((f) => f.where.startsWith(`GET /${name} `));
    if (mine.length !== count) wrong.push(`${name}: ${mine.length} variants failed, not ${count}`);
    for (const { rule: got, text } of mine.flatMap((f) => f.problems)) if (!rule.test(got)) wrong.push(`${name}: also reported ${got}: ${text}`);
  }
  assert.ok(!wrong.length, wrong.join('\n'));
  console.log(`selftest: ${Object.keys(faulty).length} faults are found`);
}

async function soundPages(base) {
  const pages = [publicPage('sound'), publicPage('spoken'), publicPage('file', { html: false }), publicPage('none', { status: 404, html: false }),
    { pattern: 'GET /secret', path: '/secret', roles: ['leader'] }, { ...publicPage('secret'), pattern: 'GET /secret refused', status: 403, html: false }];
  const { passed, failures } = await sweep(list(base, { pages, languages: ['sv'], roles: [{ role: 'leader', signIn: '/in' }] }), { workers: 2 });
  assert.deepEqual(failures, []);
  assert.equal(passed, 15);
  const spoken = await sweep(list(base, { pages: [publicPage('spoken')], languages: ['sv', 'en'] }));
  assert.deepEqual([spoken.passed, spoken.failures], [8, []]);
  // A page that differs from another role's in words alone is seen in one language, but for the first of each kind.
  const roles = ['leader', 'contact'];
  const twice = ['/spoken', '/spoken?again'].map((at) => ({ pattern: `GET ${at}`, path: at, roles }));
  const once = await sweep(list(base, { pages: twice, languages: ['sv', 'en'], roles: roles.map((role) => ({ role, signIn: '/in' })) }), { workers: 1 });
  assert.deepEqual([once.passed, once.failures], [7 * 4, []]);
  console.log('selftest: sound pages pass, signed in and not, in the language asked for');
}

async function refusals(base) {
  const browser = await launch();
  try {
    for (const at of ['/deaf', '/sound', '/none']) {
      await assert.rejects(signIn(browser, list(base, { pages: [publicPage('sound')] }), { role: 'leader', signIn: at }), /signing in as leader/, at);
    }
  } finally {
    await browser.close();
  }
  const bad = [{ pages: [] }, { languages: [], pages: [publicPage('sound')] }, { pages: [{ pattern: 'GET /x', path: '/x' }] },
    { pages: [{ pattern: 'GET /x', path: '/x', roles: ['leader'] }] }, { pages: [publicPage('sound', { statuss: 1 })] }, { pages: [publicPage('sound')], extra: 1 }];
  for (const rest of bad) assert.throws(() => list(base, rest), /the list of pages/, JSON.stringify(rest));
  await assert.rejects(sweep(list(base, { pages: [publicPage('sound')] }), { only: 'nothing' }), /no page/);
  assert.equal(visits(list(base, { pages: [{ pattern: 'GET /x', path: '/x', roles: ['a', 'b'], public: true }], roles: [{ role: 'a' }, { role: 'b' }, { role: 'c' }], languages: ['sv', 'en'] })).length, 6);
  console.log('selftest: an empty or misspelt list and a failed sign-in are refused');
}

async function flowFaults(base) {
  const dir = mkdtempSync(path.join(tmpdir(), 'hemvist-flows-'));
  const browser = await launch();
  try {
    const body = (lines) => `export const name = 'x'; export async function run({ signIn, expect }) { const { page } = await signIn('leader'); ${lines} }`;
    writeFileSync(path.join(dir, 'a.mjs'), body("await page.goto('/secret'); expect.equal(await page.locator('h1').innerText(), 'Rubrik', 'heading');"));
    writeFileSync(path.join(dir, 'b.mjs'), body("expect(false, 'not so');"));
    writeFileSync(path.join(dir, 'c.mjs'), body("await page.goto('/console');"));
    writeFileSync(path.join(dir, 'd.mjs'), `export const name = 'x'; export async function run({ signIn, expect }) {
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await signIn('', { javaScriptEnabled });
        await page.goto('/slow');
        await page.getByRole('button').click();
        expect.equal(await page.locator('.there').count(), 1, 'what stands last on the next page');
      } }`);
    const plan = list(base, { pages: [publicPage('sound')] });
    const states = new Map([['leader', await signIn(browser, plan, { role: 'leader', signIn: '/in' })]]);
    const found = [];
    for (const flow of await flows.load(dir)) found.push((await flows.run(flow, browser, plan, states)).map((p) => p.rule));
    assert.deepEqual(found, [[], ['flow'], ['console error'], []]);
    writeFileSync(path.join(dir, 'e.mjs'), 'export const name = "e";');
    await assert.rejects(flows.load(dir), /must export/);
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true, force: true });
  }
  console.log('selftest: a flow fails for what it expects and for what its pages complain of, and a click ends on the next page');
}

async function galleryPasses() {
  const { server, base } = await serveGallery();
  try {
    for (const language of ['sv', 'ar']) {
      const pages = Object.keys(gallery).filter((name) => (name === 'rtl') === (language === 'ar')).map((name) => publicPage(name));
      const { failures } = await sweep(list(base, { pages, languages: [language] }), { workers: 2 });
      assert.deepEqual(failures, []);
    }
    const browser = await launch();
    try {
      for (const [name, keep] of Object.entries(promises)) {
        await keep(browser, base).catch((err) => { throw new Error(`the gallery does not keep this promise: ${name}: ${err.message}`, { cause: err }); });
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
  }
  console.log(`selftest: the gallery passes, ${Object.keys(gallery).length} pages, and keeps ${Object.keys(promises).length} promises`);
}

const server = createServer(answer);
await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
const base = `http://localhost:${server.address().port}`;
try {
  await refusals(base);
  await faults(base);
  await soundPages(base);
  await flowFaults(base);
  await galleryPasses();
} catch (err) {
  console.error(`selftest: ${err.message}`);
  process.exitCode = 1;
} finally {
  server.close();
}
