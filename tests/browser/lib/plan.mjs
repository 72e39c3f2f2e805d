// Reads the list of pages to visit and turns it into visits: every page × role × language.
// A visit looks at each viewport in each colour scheme.

/** The widths that every page is looked at, with the height of a usual screen of that width. */
export const viewports = [{ width: 1280, height: 900 }, { width: 390, height: 844 }];
export const schemes = ['light', 'dark'];
/** The narrowest screen that must not scroll sideways (WCAG 2.2, 1.4.10). */
export const narrowest = { width: 320, height: 640 };
/** The role of someone who is not signed in. */
export const nobody = 'nobody';

const fail = (text) => { throw new Error(`the list of pages: ${text}`); };

/** Checks the list strictly: a page that is left out by a spelling mistake would never be looked at. */
export function read(json) {
  const list = JSON.parse(json);
  const known = ['base', 'roles', 'pages', 'languages', 'keys'];
  for (const key of Object.keys(list)) if (!known.includes(key)) fail(`unknown key ${key}`);
  if (!/^https?:\/\//.test(list.base ?? '')) fail('base must be an address');
  if (!Array.isArray(list.languages) || !list.languages.length) fail('languages is empty');
  if (!Array.isArray(list.pages) || !list.pages.length) fail('pages is empty');
  const roles = new Set((list.roles ?? []).map((r) => r.role ?? fail('a role without a name')));
  for (const page of list.pages) checkPage(page, roles);
  return { roles: [], keys: [], ...list, base: list.base.replace(/\/$/, '') };
}

function checkPage(page, roles) {
  const known = ['pattern', 'path', 'roles', 'public', 'status', 'html', 'maxBytes'];
  for (const key of Object.keys(page)) if (!known.includes(key)) fail(`${page.pattern}: unknown key ${key}`);
  if (!page.pattern) fail('a page without a pattern');
  if (!page.path?.startsWith('/')) fail(`${page.pattern}: the path must begin with /`);
  if (!page.public && !page.roles?.length) fail(`${page.pattern}: neither public nor with roles`);
  for (const role of page.roles ?? []) if (!roles.has(role)) fail(`${page.pattern}: unknown role ${role}`);
}

/** Returns the visits, those of one role and language together: they share a browser context. */
export function visits(list, only = '') {
  const out = [];
  for (const role of [nobody, ...list.roles.map((r) => r.role)]) {
    for (const language of list.languages) {
      for (const page of list.pages) {
        const may = role === nobody ? page.public : page.roles?.includes(role);
        if (may && page.pattern.includes(only)) {
          out.push({ status: 200, html: true, ...page, role, language });
        }
      }
    }
  }
  return out;
}
