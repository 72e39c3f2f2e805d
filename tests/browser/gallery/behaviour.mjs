// What the style sheet and the small script promise beyond looks, shown on the gallery.
import assert from 'node:assert/strict';

const phone = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' };

async function on(browser, options, work) {
  const context = await browser.newContext(options);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Each promise is one function of (browser, base). */
export const promises = {
  'both menus open on a phone without script': (browser, base) => on(browser, { ...phone, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${base}/round`);
    assert.equal(await page.locator('.hv-nav a').first().isVisible(), false, 'the rooms are closed at first');
    await page.locator('.hv-menu-button').click();
    assert.equal(await page.locator('.hv-nav a').first().isVisible(), true, 'the rooms open');
    assert.equal(await page.locator('.hv-user-name').isVisible(), true, 'the person is named in the bar');
    await page.locator('.hv-user').click();
    assert.equal(await page.getByRole('button', { name: 'Logga ut' }).isVisible(), true, 'the person\'s menu opens');
    assert.equal(await page.getByRole('button', { name: 'English' }).isVisible(), true, 'the languages are in it');
    const box = await page.locator('.hv-user-menu').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, 'the menu is not clipped');
  }),
  'the rooms stand in the bar on a wide page': (browser, base) => on(browser, {}, async (page) => {
    await page.goto(`${base}/round`);
    assert.equal(await page.locator('.hv-nav a').last().isVisible(), true);
    assert.equal(await page.locator('.hv-menu-button').isVisible(), false);
  }),
  'a refused form puts focus on what to put right': (browser, base) => on(browser, {}, async (page) => {
    await page.goto(`${base}/form`);
    assert.equal(await page.evaluate(() => document.activeElement.className), 'ds-error-summary');
  }),
  'labels of Designsystemet are in the page\'s language': (browser, base) => on(browser, {}, async (page) => {
    await page.goto(`${base}/form`);
    await page.locator('#note').fill('Tjugo tecken är detta');
    assert.equal(await page.locator('[data-field="counter"]').getAttribute('data-label'), '179 tecken kvar');
  }),
  'leaving typed text asks first, sending it does not': (browser, base) => on(browser, {}, async (page) => {
    const asked = [];
    page.on('dialog', (dialog) => { asked.push(dialog.type()); dialog.accept(); });
    await page.goto(`${base}/form`);
    await page.locator('#place').fill('Ett annat namn');
    await page.goto(`${base}/home`);
    assert.deepEqual(asked, ['beforeunload']);
    await page.goto(`${base}/form`);
    await page.locator('#place').fill('Ett annat namn');
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Spara omgången' }).click()]);
    assert.deepEqual(asked, ['beforeunload']);
  }),
  'a Swedish page loads the two Latin fonts and no other': (browser, base) => on(browser, {}, async (page) => {
    const fonts = [];
    page.on('request', (request) => { if (request.resourceType() === 'font') fonts.push(request.url().split('/').pop()); });
    for (const name of ['home', 'round', 'list', 'form']) await page.goto(`${base}/${name}`, { waitUntil: 'networkidle' });
    assert.deepEqual([...new Set(fonts)].sort(), ['source-sans-3-latin-wght-normal.woff2', 'source-serif-4-latin-600-normal.woff2']);
  }),
  'controls are at least 48 pixels high': (browser, base) => on(browser, phone, async (page) => {
    for (const name of ['round', 'list', 'form', 'signin']) {
      await page.goto(`${base}/${name}`);
      const low = await page.evaluate(() => [...document.querySelectorAll('main .ds-button, .ds-input:not([type=radio], [type=checkbox]), .hv-langs button, .hv-menu-button, .hv-user, .hv-tabs a')]
        .filter((el) => el.checkVisibility() && el.getBoundingClientRect().height < 47.5).map((el) => el.outerHTML.slice(0, 80)));
      assert.deepEqual(low, [], name);
    }
  }),
  'on paper a table is a table, also from a phone, and nothing is dark': (browser, base) => on(browser, { ...phone, colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.goto(`${base}/list`);
    assert.equal(await page.locator('.hv-cards').evaluate((el) => getComputedStyle(el).display), 'table');
    assert.equal(await page.locator('.hv-bar').isVisible(), false);
    const colour = (selector, property) => page.locator(selector).first().evaluate((el, name) => getComputedStyle(el)[name], property);
    assert.equal(await colour('body', 'backgroundColor'), 'rgb(255, 255, 255)');
    assert.equal(await colour('.hv-facts-line', 'color'), 'rgb(0, 0, 0)');
    assert.equal(await colour('td', 'color'), 'rgb(0, 0, 0)');
    assert.equal(await colour('.ds-tag', 'backgroundColor'), 'rgb(255, 255, 255)');
  }),
};
