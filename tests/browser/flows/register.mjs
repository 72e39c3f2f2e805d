import { accessibility, html } from '../lib/checks.mjs';

export const name = 'a leader asks whether the group certifies, the hub records a certificate, a contact looks at the year, and a leader has a week';

export async function run({ signIn, expect }) {
  await asks(await signIn('leader', { language: 'sv' }), expect);
  await records(await signIn('coordinator', { language: 'sv' }), expect);
  await looks(await signIn('contact', { language: 'sv' }), expect);
  await week(await signIn('leader', { language: 'sv' }), expect);
  const { page } = await signIn('leader', { language: 'sv', javaScriptEnabled: false });
  await suppose(page, expect);
}

// The leader asks what the group will give, and what if.
async function asks({ page }, expect) {
  await suppose(page, expect);
  expect.equal(await accessibility(page), [], 'what is supposed, to axe');
  await page.getByRole('link', { name: 'Tillbaka till hur det är' }).click();
  expect.equal(await page.getByText('Det här är ett tankeexperiment').count(), 0, 'the supposition after one has gone back');
}

async function suppose(page, expect) {
  await page.goto('/rounds?state=running');
  await page.locator('tbody th a').first().click();
  await page.getByRole('link', { name: 'Certifiering', exact: true }).click();
  await page.getByRole('heading', { name: 'Kommer den här gruppen att certifiera oss?' }).waitFor();
  const options = await page.locator('#film option').allTextContents();
  await page.getByLabel('Filmas inte').selectOption({ index: options.length - 1 });
  await page.getByLabel('Så många fler deltagare kommer').fill('många');
  await page.getByRole('button', { name: 'Visa vad det betyder' }).click();
  await page.locator('#more-error').waitFor();
  expect.equal(await page.getByLabel('Så många fler deltagare kommer').inputValue(), 'många', 'what was typed');
  await page.getByLabel('Så många fler deltagare kommer').fill('2');
  await page.getByRole('button', { name: 'Visa vad det betyder' }).click();
  await page.getByRole('heading', { name: 'Det här är ett tankeexperiment' }).waitFor();
  await page.getByText('2 deltagare till kommer.').waitFor();
  expect(await page.locator('.ds-tag', { hasText: 'Missat' }).count() > 0, 'a missed film is missed');
}

// The coordinator records a certificate that an earlier register had, wrongly first, and takes it back.
async function records({ page }, expect) {
  await page.goto('/people?q=tekniker@demo.example');
  await page.locator('tbody th a').first().click();
  await page.getByRole('link', { name: 'Certifieringar' }).click();
  await page.getByRole('link', { name: 'För in något från tidigare' }).click();
  await page.getByLabel('Vad hände?').selectOption({ label: 'Certifikat: Certifierad gruppledare i Connect' });
  await page.getByLabel('Vilken dag?').fill('2099-01-01');
  await page.getByRole('button', { name: 'För in' }).click();
  await page.locator('#on-error').waitFor();
  expect.equal(await page.getByLabel('Vilken dag?').inputValue(), '2099-01-01', 'the day that was typed');
  expect.equal(await accessibility(page), [], 'the form with a mistake, to axe');
  expect.equal(await html(await page.content()), [], 'the form with a mistake, as HTML');
  await page.getByLabel('Vilken dag?').fill('2026-02-03');
  await page.getByRole('button', { name: 'För in' }).click();
  await page.getByRole('status').getByText('Infört.').waitFor();
  await page.getByText('Certifikat den 3 februari 2026').waitFor();
  await page.getByLabel('Som det är den här dagen').fill('2026-02-02');
  await page.getByRole('button', { name: 'Visa' }).click();
  expect.equal(await page.locator('.ds-tag', { hasText: 'Certifierad' }).count(), 0, 'a certificate the day before it was given');
  await page.getByRole('button', { name: /^Ta tillbaka/ }).click(); // as it was, for the next time
  await page.getByText('Taget tillbaka, räknas inte.').waitFor();
}

// The contact sees the own rounds over time.
async function looks({ page }, expect) {
  await page.goto('/');
  await page.getByRole('link', { name: 'Kalender' }).click();
  await page.getByRole('heading', { name: 'Grupper den här månaden' }).waitFor();
  const month = await page.locator('#month').textContent();
  await page.locator('nav[aria-label="Tid"] a[rel=next]').click();
  expect(await page.locator('#month').textContent() !== month, 'the next month is another one');
  await page.getByRole('link', { name: 'Tidslinje' }).click();
  const rows = await page.locator('tbody tr').count();
  expect(rows > 2, `${rows} rows in the table`);
  expect.equal(await page.locator('svg.hv-spans rect').count(), rows, 'bars in the picture, as many as rows in the table');
  await page.getByRole('link', { name: 'Certifierade utan grupp' }).click();
  await page.getByRole('heading', { name: 'Certifieringar som ska förnyas' }).waitFor();
}

// Each that is opened is one fewer to open.
async function unfold(page) {
  const folded = page.locator('main details:not([open]) > summary');
  while (await folded.count()) await folded.first().click();
}

// A leader on a phone takes a task, and copies the text for the record.
async function week({ context, page }, expect) {
  await page.setViewportSize({ width: 390, height: 844 });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await page.getByRole('link', { name: 'Din vecka' }).click();
  await unfold(page); // those more than a week ahead
  await page.getByRole('button', { name: /^Jag gör det ?: Boka och ställa i ordning lokalen/ }).first().click();
  await page.getByRole('status').getByText('Du har tagit det').waitFor();
  await unfold(page);
  await page.getByRole('button', { name: /^Lämna ?: Boka/ }).first().click(); // as it was, for the next time
  await page.getByRole('status').getByText('Du har lämnat det').waitFor();
  expect.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'sideways scroll on a phone');
  expect.equal(await accessibility(page), [], 'the week on a phone, to axe');
  await page.getByRole('link', { name: /^Text till journalen/ }).first().click();
  const text = await page.locator('.hv-select').first().textContent();
  const name = await page.locator('main li h2').first().textContent();
  expect(!text.includes(name.trim().split(' ')[0]), 'no name in the text for the record');
  await page.getByRole('button', { name: /^Kopiera/ }).first().click();
  await page.getByRole('status').getByText('Kopierat:').waitFor();
  expect.equal(await page.evaluate(() => navigator.clipboard.readText()), text, 'what was copied');
  expect.equal(await accessibility(page), [], 'the text for the record, to axe');
}
