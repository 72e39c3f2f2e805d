// The checks of one loaded page. Each returns a list of { rule, text, element }.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { narrowest, schemes } from './plan.mjs';

// Without its comments it is half as long, and is sent to every page that is looked at.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules that look at colours: all that can differ between the colour schemes of one page. */
const colours = ['color-contrast', 'link-in-text-block'];

/** Runs axe-core in the page as it stands now; with coloursOnly, the rules about colours alone. */
export async function accessibility(page, coloursOnly = false) {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe);
  const runOnly = coloursOnly ? { type: 'rule', values: colours } : { type: 'tag', values: tags };
  const violations = await page.evaluate(async (wanted) => {
    const { violations: found } = await window.axe.run(document, { runOnly: wanted, resultTypes: ['violations'], preload: false, iframes: false });
    return found.flatMap((v) => v.nodes.map((n) => ({ id: v.id, help: v.help, target: n.target.flat().join(' '), html: n.html, why: n.failureSummary })));
  }, runOnly);
  return violations.map((v) => ({
    rule: `axe ${v.id}`, text: `${v.help}: ${(v.why ?? '').split('\n').slice(1).map((s) => s.trim()).join('; ')}`, element: `${v.target}  ${short(v.html)}`,
  }));
}

/**
 * What axe-core looks at in a page, without the words: its elements and their attributes, and where there are words at all. Two
 * texts: what stands in the main part, and what stands around it. Pages whose parts have been looked at, at one width in one colour
 * scheme, have nothing new for it; what words do (their language, their width) is looked at on every page.
 */
export function skeletons(page) {
  return page.evaluate(() => {
    const worded = new Set(['lang', 'href', 'value', 'content', 'nonce', 'src', 'action', 'datetime', 'title']);
    const ids = /[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g;
    const out = [];
    let apart;
    const walk = (node) => {
      if (node === apart) return;
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.data.trim() && out.at(-1) !== '.') out.push('.');
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      const tag = node.localName;
      const attributes = [...node.attributes].map(({ name, value }) => {
        const said = worded.has(name) || name.startsWith('aria-label') || (name.startsWith('data-') && value.includes(' '));
        return `${name}=${said ? Boolean(value) : value.replace(ids, '#')}`;
      });
      const at = out.length;
      out.push(`<${tag} ${attributes.sort().join(' ')}>`);
      node.childNodes.forEach(walk);
      out.push('>');
      // A list or a table of ten rows of one kind is as one of two.
      const whole = out.splice(at).join('');
      if (out.at(-1) !== whole || out.at(-2) !== whole) out.push(whole);
    };
    const main = document.querySelector('main');
    walk(main);
    const inner = out.splice(0).join('');
    apart = main;
    walk(document.documentElement);
    return [inner, out.join('')];
  });
}

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  elements: ['html5'],
  rules: {
    'no-inline-style': 'error',
    'no-unknown-elements': ['error', { exclude: ['ds-*'] }],
    // A region that scrolls may be a div.
    'prefer-native-element': ['error', { exclude: ['region'] }],
    // Everything is served by ourselves, under a policy with nonces.
    'require-sri': 'off',
    // A title ends with the product's name, whatever stands before it.
    'long-title': 'off',
    // What templ writes, not what a browser reads.
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
  },
}));

/** Validates the HTML as the server sent it. */
export async function html(text) {
  const report = await validator.validateString(text);
  return report.results.flatMap((r) => r.messages).map((m) => ({
    rule: `html ${m.ruleId}`, text: `${m.message} (line ${m.line}, column ${m.column})`, element: m.selector ?? '',
  }));
}

/** The page must not be wider than its window. Names the elements that stick out. */
export async function sideways(page) {
  const out = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth <= Math.min(clientWidth, window.innerWidth)) return null;
    const clipped = (el) => {
      for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible') return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll('*')].filter((el) => {
      const box = el.getBoundingClientRect();
      return box.width > 0 && (box.right > clientWidth + 0.5 || box.left < -0.5) && !clipped(el);
    });
    const names = wide.slice(0, 3).map((el) => el.tagName.toLowerCase() + [...el.classList].map((c) => `.${c}`).join(''));
    return { scrollWidth, clientWidth, names };
  });
  if (!out) return [];
  return [{ rule: 'sideways scroll', text: `the page is ${out.scrollWidth} pixels wide in a window of ${out.clientWidth}`, element: out.names.join(', ') }];
}

/** The language of the document, and no translation key where words should be. */
export async function words(page, language, keys = []) {
  const { lang, tokens } = await page.evaluate(() => {
    const texts = [document.title, document.body.innerText];
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-label', 'aria-description']) {
      for (const el of document.querySelectorAll(`[${name}]`)) texts.push(el.getAttribute(name));
    }
    // A reference, a file's name or an address may look like a key.
    for (const el of document.querySelectorAll('.hv-code, code')) texts[1] = texts[1].replaceAll(el.innerText, ' ');
    const found = texts.flatMap((t) => t.match(/[\p{L}\p{N}_@/:.-]+/gu) ?? []);
    return { lang: document.documentElement.lang, tokens: [...new Set(found.map((t) => t.replace(/[.:]+$/, '')))] };
  });
  const out = [];
  if (lang !== language) out.push({ rule: 'language', text: `<html lang="${lang}"> where ${language} was asked for`, element: 'html' });
  const known = new Set(keys);
  for (const token of tokens) {
    const looksLikeKey = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+){2,}$/.test(token) && !token.startsWith('www.');
    if (looksLikeKey || known.has(token)) out.push({ rule: 'untranslated', text: `the key ${token} stands where words should be`, element: '' });
  }
  return out;
}

/**
 * Whatever can be wrong with a page as it stands, in words: for pages that no list can name. Both colour schemes are looked at, and the
 * narrowest window.
 */
export async function everything(page, language = 'sv') {
  const was = page.viewportSize();
  const problems = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    problems.push(...await accessibility(page, colorScheme !== schemes[0]));
  }
  await page.setViewportSize(narrowest);
  problems.push(...await sideways(page), ...await words(page, language));
  await page.setViewportSize(was);
  return problems.map((p) => `${p.rule}: ${p.text} ${p.element}`);
}

const short = (text) => (text.length > 160 ? `${text.slice(0, 160)}…` : text);
