import { accessibility } from '../lib/checks.mjs';

export const name = 'a leader tells the participants of a change, ticks an evening of twelve on a phone whose network is cut in the middle, and two leaders tick at once';

// The network is cut, a sign-in ends, and two leaders clash.
export const expected = [/\/attendance: (net::ERR_INTERNET_DISCONNECTED|401|409)$/];

export async function run({ signIn, expect, say }) {
  const { context, page } = await signIn('leader', { language: 'sv', viewport: { width: 390, height: 844 } });
  await tell(page, expect);
  let taps = 0;
  const tap = async (locator) => { taps += 1; await locator.click(); };
  await page.goto('/');
  const start = performance.now();
  await unsaid(page, tap);
  const href = new URL(page.url()).pathname;
  const rows = page.locator('.hv-ticks fieldset:not([data-hv-later])');
  const n = await rows.count();
  expect(n >= 12, `${n} are asked for`);
  const state = page.locator('[data-hv-state] [role=status]');
  const choice = (i, word) => rows.nth(i).getByRole('radio', { name: word, exact: true });
  const chosen = (p, i) => p.locator('.hv-ticks fieldset').nth(i).locator('input:checked').getAttribute('value');

  // The thumb finds what it aims at.
  const box = await choice(0, 'Här').boundingBox();
  expect(box.height >= 56 && box.width >= 56, `a choice is ${box.width} by ${box.height} pixels`);

  await tap(page.getByRole('button', { name: 'Alla är här' }));
  await state.getByText('Sparat', { exact: true }).waitFor();
  expect.equal(await page.evaluate(() => localStorage.length), 0, 'what is kept on the device after the house has answered');
  await tap(choice(1, 'Sen'));
  await state.getByText('Sparat', { exact: true }).waitFor();

  // The network goes. Ticks are kept, without names, and the page says so.
  const posted = [];
  page.on('response', (r) => { if (r.request().method() === 'POST') posted.push(r.status()); });
  await context.setOffline(true);
  await tap(choice(2, 'Anmält'));
  await state.getByText('Sparat på telefonen').waitFor();
  await tap(choice(3, 'Borta'));
  await tap(choice(3, 'Hemma'));
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  const names = (await page.locator('.hv-ticks legend').allTextContents()).map((t) => t.trim().split(/\s+/)[0]);
  expect(kept.includes('told') && kept.includes('made-up'), `the ticks are kept: ${kept}`);
  for (const name of names) expect(!kept.includes(name), `${name} is kept on the device`);
  expect.equal(await accessibility(page), [], 'the page without a network, to axe');

  const answered = page.waitForEvent('response', (r) => r.request().method() === 'POST');
  await context.setOffline(false);
  await answered;
  await state.getByText('Sparat', { exact: true }).waitFor();
  expect.equal(await page.evaluate(() => localStorage.length), 0, 'what is kept after the network came back');
  expect.equal(posted, [200], 'what was sent when the network came back: once');
  await tap(page.getByRole('button', { name: 'Klart' }));
  await page.waitForURL((url) => /\/sessions\/[^/]+$/.test(url.pathname));
  say(`     ${n} participants, ${taps} taps, ${((performance.now() - start) / 1000).toFixed(1)} s from the first page to the end`);
  expect(taps <= 24, `${taps} taps for an evening`);
  const read = await context.newPage();
  await read.goto(href);
  for (const [i, mark] of ['present', 'late', 'told', 'made-up', 'present'].entries()) {
    expect.equal(await chosen(read, i), mark, `the mark of the person in place ${i}, read again`);
  }

  // Signed out in the middle: nothing is lost, and the way back leads here.
  await context.clearCookies({ name: 'hemvist' });
  await read.locator('.hv-ticks fieldset').nth(4).getByRole('radio', { name: 'Sen', exact: true }).click();
  await read.locator('[data-hv-state]').getByText('Du har loggats ut').waitFor();
  await read.getByRole('link', { name: 'Logga in igen' }).click();
  await read.getByRole('link', { name: /Gruppledare|gruppledare/ }).click();
  await read.getByRole('button', { name: 'Gå in' }).click();
  await read.waitForURL((url) => url.pathname === new URL(href, url).pathname);
  await read.locator('[data-hv-state] [role=status]').getByText('Sparat', { exact: true }).waitFor();
  await read.reload();
  expect.equal(await chosen(read, 4), 'late', 'what was ticked while signed out');

  await number({ context, page, expect });
  await atOnce({ context, href, expect, chosen });
  await shared({ context, page, href, expect });
}

// Something has changed: the week says so, the page shows what is sent and to how many, and nobody is asked twice.
async function tell(page, expect) {
  await page.goto('/week');
  const asked = page.getByRole('link', { name: /^Berätta.*deltagarna har inte fått veta/ });
  const before = await asked.count();
  await asked.first().click();
  await page.getByRole('heading', { name: 'Det här har deltagarna inte fått veta' }).waitFor();
  await page.getByText('Hej!').first().waitFor();
  expect.equal(await accessibility(page), [], 'what is to be told, to axe');
  await page.getByRole('button', { name: /^Skicka till \d+ deltagare/ }).click();
  await page.getByRole('status').getByText('Meddelandena är på väg').waitFor();
  await page.getByText('Deltagarna fick veta').first().waitFor();
  const group = new URL(page.url()).pathname.split('/sessions/')[0];
  await page.goto('/week');
  expect.equal(await asked.count(), before - 1, 'what is left to tell');

  // Another place alone is told in the same way, in one sentence for all that follows.
  await page.goto(`${group}/plan/change`);
  await page.locator('#place').fill('Nya biblioteket');
  await page.getByRole('button', { name: 'Spara' }).first().click();
  await page.getByText(/Deltagarna har inte fått veta: Ny plats för .*: Nya biblioteket/).waitFor();
  await page.goto('/week');
  expect.equal(await asked.count(), before, 'what is left to tell when the place is another');
  await page.goto(`${group}/plan`);
  await page.getByRole('link', { name: 'Berätta för deltagarna' }).click();
  expect.equal(await accessibility(page), [], 'another place that is to be told, to axe');
  await page.getByRole('button', { name: /^Skicka till \d+ deltagare/ }).click();
  await page.getByRole('status').getByText('Meddelandena är på väg').waitFor();
  await page.goto('/week');
  expect.equal(await asked.count(), before - 1, 'what is left to tell when it was told');
}

// unsaid goes from the first page to the attendance of a session that nobody has ticked.
async function unsaid(page, tap) {
  await tap(page.getByRole('link', { name: /^Svara.*hölls träff/ }).first());
  await tap(page.locator(`${new URL(page.url()).hash} a`).first());
  await tap(page.getByRole('link', { name: 'Kryssa närvaron' }));
}

// Two pages of the same session, both opened before either ticks: whoever comes last is asked.
async function atOnce({ context, href, expect, chosen }) {
  const first = await context.newPage();
  const second = await context.newPage();
  await first.goto(href);
  await second.goto(href);
  const row = (p) => p.locator('.hv-ticks fieldset').nth(0);
  await row(first).getByRole('radio', { name: 'Sen', exact: true }).click();
  await first.locator('[data-hv-state] [role=status]').getByText('Sparat', { exact: true }).waitFor();
  await row(second).getByRole('radio', { name: 'Borta', exact: true }).click();
  await row(second).getByRole('alert').getByText('Vad stämmer?').waitFor();
  expect.equal(await row(second).locator('input:checked').count(), 0, 'what is chosen while it is asked');
  await first.reload();
  expect.equal(await chosen(first, 0), 'late', 'the first mark stands');
  await row(second).getByRole('radio', { name: 'Borta', exact: true }).click();
  await second.locator('[data-hv-state] [role=status]').getByText('Sparat', { exact: true }).waitFor();
  await first.reload();
  expect.equal(await chosen(first, 0), 'absent', 'what was decided');
  await first.close();
  await second.close();
}

// Somebody else's ticks on a shared computer are told of, not sent, and can be removed.
async function shared({ context, page, href, expect }) {
  const key = `hemvist.attendance.${href.split('/')[2]}/${href.split('/')[4]}`;
  await page.evaluate((k) => localStorage.setItem(k, JSON.stringify({ person: 'somebody-else', page: 'a'.repeat(22), n: 1, marks: { x: { mark: 'late', seen: '', request: `${'a'.repeat(22)}.1` } }, said: null })), key);
  let sent = 0;
  page.on('request', (r) => { if (r.method() === 'POST') sent += 1; });
  await page.goto('/');
  await page.getByText('som någon annan har gjort').waitFor();
  expect.equal(sent, 0, "requests with somebody else's ticks");
  await page.getByRole('button', { name: 'Ta bort dem från enheten' }).click();
  await page.locator('[data-hv-waiting]').waitFor({ state: 'hidden' });
  expect.equal(await page.evaluate(() => localStorage.length), 0, 'what is left on the device');
  await context.close();
}

// Where only the number is kept, it too is kept on the device while there is no network, and arrives when there is one.
async function number({ context, page, expect }) {
  await page.goto('/rounds?state=waiting');
  await page.goto(await page.locator('tbody th a').first().getAttribute('href'));
  const session = await page.locator('.hv-steps li[data-state=done] a').last().getAttribute('href');
  await page.goto(`${session}/attendance`);
  const field = page.getByRole('textbox', { name: 'Hur många kom?' });
  const before = Number(await field.inputValue());
  await context.setOffline(true);
  await field.fill(String(before - 1));
  await page.getByRole('button', { name: 'Klart' }).click();
  const state = page.locator('[data-hv-state] [role=status]');
  await state.getByText('Sparat på telefonen').waitFor();
  await context.setOffline(false);
  await state.getByText('Sparat', { exact: true }).waitFor();
  expect.equal(await page.evaluate(() => localStorage.length), 0, 'what is kept after the number has arrived');
  await page.goto(`${session}/attendance`);
  expect.equal(await field.inputValue(), String(before - 1), 'the number that is stored');
}
