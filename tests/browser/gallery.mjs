// The gallery: every part of the style sheet on pages of its own, for whoever changes the style.
//   node gallery.mjs              serves it on a free port of localhost
//   node gallery.mjs shots DIR    takes pictures of it at 1280 and 390 pixels, light and dark
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/chromium.mjs';
import { pages } from './gallery/pages.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../internal/web/static');
const types = { '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

// As strict as the product's own policy, so that a part that needs more is noticed here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async function answer(req, res) {
  const { pathname } = new URL(req.url, 'http://localhost');
  const asset = pathname.match(/^\/static\/[^/]+\/((?:css|js|img|fonts|third_party)\/[\w.-]+)$/);
  if (asset) {
    res.setHeader('Content-Type', types[path.extname(asset[1])]);
    res.end(await readFile(path.join(root, asset[1])));
    return;
  }
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  res.setHeader('Content-Security-Policy', policy);
  const page = pages[pathname.slice(1) || 'home'];
  res.statusCode = page ? 200 : 404;
  res.end(page ?? pages.gone);
}

/** Starts the gallery and returns its server and address. */
export async function serve() {
  const server = createServer((req, res) => {
    answer(req, res).catch(() => { res.statusCode = 500; res.end(); });
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  return { server, base: `http://localhost:${server.address().port}` };
}

async function shots(dir) {
  mkdirSync(dir, { recursive: true });
  const { server, base } = await serve();
  const browser = await launch();
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390]) {
      const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme, reducedMotion: 'reduce', locale: 'sv-SE' });
      const page = await context.newPage();
      for (const name of Object.keys(pages)) {
        await page.goto(`${base}/${name}`, { waitUntil: 'load' });
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: path.join(dir, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        if (name === 'round') await open(page, dir, `${width}-${colorScheme}`);
      }
      await context.close();
    }
  }
  await browser.close();
  server.close();
}

// What is closed at first: both menus and the dialog.
async function open(page, dir, suffix) {
  for (const [name, button] of [['person', '.hv-user'], ['rooms', '.hv-menu-button'], ['dialog', '[commandfor=dlg]']]) {
    const target = page.locator(button).first();
    if (!(await target.isVisible())) continue;
    await target.click();
    await page.screenshot({ path: path.join(dir, `round-${name}-${suffix}.png`) });
    await page.keyboard.press('Escape');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'shots') {
    await shots(process.argv[3] ?? 'shots');
  } else {
    const { base } = await serve();
    console.log(Object.keys(pages).map((name) => `${base}/${name}`).join('\n'));
  }
}
