import { readFileSync } from 'node:fs';

export const name = 'a coordinator filters, searches, sorts, turns pages and takes the list along';

const states = (page) => page.locator('tbody .ds-tag').allTextContents();
const query = (page) => Object.fromEntries(new URL(page.url()).searchParams);

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await signIn('coordinator', { language: 'sv', javaScriptEnabled });
    await page.goto('/rounds');
    const all = await page.locator('.hv-toolbar [role=status]').textContent();
    // A mark in the page shows whether the list alone was fetched, or a new page.
    if (javaScriptEnabled) await page.evaluate(() => { window.sameDocument = true; });
    const show = async (until) => {
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Visa' }).click();
      await page.waitForURL(until);
      await page.waitForFunction(() => !document.querySelector('.htmx-request, .htmx-settling'));
    };

    await page.getByLabel('Läge').selectOption({ label: 'Avslutad' });
    await show((url) => url.searchParams.get('state') === 'closed');
    expect.equal([...new Set(await states(page))], ['Avslutad'], 'states in the filtered list');
    await page.getByRole('searchbox').fill('växjö');
    await show((url) => url.searchParams.get('q') === 'växjö');
    const towns = await page.locator('tbody th').allTextContents();
    expect(towns.length > 0 && towns.every((t) => t.includes('Växjö')), `groups in Växjö: ${towns}`);
    if (javaScriptEnabled) expect(await page.evaluate(() => window.sameDocument), 'the list was updated in the page');
    expect(await page.locator('.hv-toolbar [role=status]').textContent() !== all, 'the summary follows the filters');

    await page.reload();
    expect.equal(await page.getByLabel('Läge').inputValue(), 'closed', 'the filter after a reload');
    await page.goBack();
    // The page comes back as it was before the search, fetched anew.
    await page.waitForFunction(() => document.querySelector('#q').value === '' && document.querySelector('#state').value === 'closed');
    await page.getByRole('searchbox').fill('ingen heter så');
    await show((url) => url.searchParams.get('q') === 'ingen heter så');
    await page.getByRole('heading', { name: 'Inga grupper passar' }).waitFor();
    await page.getByRole('link', { name: 'Rensa' }).first().click();
    await page.waitForURL((url) => url.search === '');
    expect.equal(await page.locator('.hv-toolbar [role=status]').textContent(), all, 'all groups again');

    await sortAndTurn(page, expect);
    await download(page, expect);
  }
}

async function sortAndTurn(page, expect) {
  await page.goto('/rounds');
  const names = () => page.locator('tbody th a').allTextContents();
  await page.getByRole('columnheader', { name: 'Grupp' }).getByRole('link').click();
  await page.waitForURL((url) => url.search === '?sort=name');
  const sorted = await names();
  const swedish = new Intl.Collator('sv').compare;
  expect.equal([...sorted].sort(swedish), sorted, 'groups by name');
  expect.equal(await page.getByRole('columnheader', { name: 'Grupp' }).getAttribute('aria-sort'), 'ascending', 'what the column says');
  await page.getByRole('link', { name: 'Nästa' }).click();
  await page.waitForURL((url) => url.searchParams.get('page') === '2');
  expect.equal(query(page).sort, 'name', 'the order on the second page');
  const second = await names();
  expect(second.length > 0 && swedish(sorted.at(-1), second[0]) <= 0, 'the second page goes on where the first ended');
  await page.getByRole('link', { name: 'Föregående' }).click();
  await page.waitForURL((url) => url.search === '?sort=name');
  expect.equal(await names(), sorted, 'the first page again');
}

async function download(page, expect) {
  await page.goto('/rounds?state=running');
  const rows = await page.locator('tbody tr').count();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Hämta som CSV' }).click()]);
  expect.equal(file.suggestedFilename(), 'grupper.csv', "the file's name");
  const text = readFileSync(await file.path(), 'utf8');
  expect(text.startsWith('\ufeffGrupp;Organisation;'), `the file begins with ${text.slice(0, 40)}`);
  expect.equal(text.trimEnd().split('\r\n').length, rows + 1, 'lines in the file');
}
