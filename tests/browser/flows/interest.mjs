import { everything, html } from '../lib/checks.mjs';

export const name = 'a parent asks for a place on a phone, and a leader takes them all the way into a group';

const phone = { width: 390, height: 844 };

async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
}

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const who = javaScriptEnabled ? 'Zahra Sagosten' : 'Tesfay Testamark';
    const look = (page) => (javaScriptEnabled ? looksRight(page, expect) : undefined);
    const { page: parent } = await signIn('', { language: 'sv', viewport: phone, javaScriptEnabled });
    await asks(parent, who, look, expect, javaScriptEnabled);
    const { page: leader } = await signIn('leader', { language: 'sv', viewport: phone, javaScriptEnabled });
    await takesCare(leader, who, look, expect);
    if (javaScriptEnabled) await prints(leader, expect);
  }
}

// A parent finds the municipality, forgets something, and sends.
async function asks(page, who, look, expect, javaScriptEnabled) {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Grupper för föräldrar' }).click();
  await look(page);
  await page.getByRole('link', { name: 'Växjö' }).click();
  await look(page);
  const weight = await page.evaluate(() => performance.getEntriesByType('resource').reduce((n, r) => n + r.encodedBodySize, 0)).catch(() => 0);
  expect(weight < 60_000, `the form loads ${weight} bytes`);
  await page.getByLabel('Vad heter du?').fill(who);
  await page.getByLabel('Hur gammalt är barnet?').fill('20120101-1234');
  const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.getByRole('button', { name: 'Skicka' }).click()]);
  expect.equal(answer.status(), 422, 'a form without a way to reach them, and with a personal number');
  await page.locator('.ds-error-summary:focus').waitFor();
  expect.equal(await page.getByLabel('Vad heter du?').inputValue(), who, 'the name that was typed');
  await look(page);
  if (javaScriptEnabled) expect.equal(await html(await answer.text()), [], 'the form with mistakes, as HTML');
  await page.getByLabel('Ditt telefonnummer').fill('070-174 06 77');
  await page.getByLabel('Språk').selectOption('ti');
  await page.getByLabel('Tolk behövs').check();
  await page.getByLabel('Hur gammalt är barnet?').fill('12');
  await page.getByLabel(/När passar det/).fill('Kvällar');
  await page.getByRole('button', { name: 'Skicka' }).click();
  await page.getByRole('heading', { name: 'Tack, vi har fått det' }).waitFor();
  await look(page);
}

// A leader is told at home, books a talk, notes it, offers a place and takes the yes.
async function takesCare(page, who, look, expect) {
  await page.goto('/rounds?state=planned');
  const group = (await page.locator('tbody th a').first().textContent()).trim();
  await page.goto('/');
  await page.getByRole('link', { name: 'Se vilka' }).click();
  await page.getByRole('link', { name: who }).click();
  await look(page);
  const day = await page.locator('#answer-by').getAttribute('value'); // a week from today
  const today = new Date(Date.parse(day) - 7 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('Dag', { exact: true }).fill(today);
  await page.getByLabel('Klockan').fill('16:30');
  await page.getByRole('button', { name: 'Boka', exact: true }).click();
  await page.locator('.ds-error-summary').getByText('Skriv var samtalet är').waitFor();
  expect.equal(await page.getByLabel('Klockan').inputValue(), '16:30', 'the time that was typed');
  await look(page);
  await page.getByLabel('Var?').fill('Familjecentralen');
  await page.getByRole('button', { name: 'Boka', exact: true }).click();
  await page.getByRole('status').getByText('Samtalet är bokat').waitFor();
  await look(page);
  await page.getByLabel('Vill ha en plats').check();
  await page.locator('#note').fill('Kommer gärna');
  await page.getByRole('button', { name: 'Spara' }).first().click();
  await page.getByRole('status').getByText('Samtalet är noterat').waitFor();
  await look(page);
  await page.getByRole('radio', { name: group }).check();
  await page.locator('#how-phone').check();
  await page.getByRole('button', { name: 'Erbjud platsen' }).click();
  await page.getByRole('status').getByText('Platsen är erbjuden').waitFor();
  await look(page);
  await page.getByRole('button', { name: 'Ja, lägg till som deltagare' }).click();
  await page.getByRole('status').getByText('Svaret är noterat').waitFor();
  await look(page);
  await page.getByRole('link', { name: /^Öppna/ }).click();
  await page.getByText(who).first().waitFor();
  expect(new URL(page.url()).pathname.endsWith('/participants'), `the joined leads to ${page.url()}`);
}

// The poster has a code that leads to the form; on paper it is one page.
async function prints(page, expect) {
  await page.goto('/rounds?state=planned');
  await page.locator('tbody th a').first().click();
  await page.getByRole('link', { name: 'Rekrytering' }).click();
  await page.getByRole('link', { name: 'Affisch' }).click();
  await page.locator('svg.hv-qr').waitFor();
  const address = (await page.locator('.hv-sheet-address').textContent()).trim();
  await page.goto(new URL(address).pathname);
  await page.getByRole('heading', { name: /Föräldragrupper i/ }).waitFor();
}
