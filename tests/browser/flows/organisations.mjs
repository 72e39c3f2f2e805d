// A list as somebody has it: with titles above, semicolons, Windows-1252 and a code that has lost its zero.
export const name = 'a coordinator takes in a list of organisations, twice, and merges two of them';

const list = 'Förteckning hösten 2026;;\r\n;;\r\nKommunkod;Namn;Län\r\n138;Tyresö kommun;Stockholms län\r\n;Åkerbärets hem (demo);\r\n';
const homes = 'Namn;Sort\r\nÅkerbärets hem (demo);behandlingshem\r\nÅkerbärsgården (demo);behandlingshem\r\n';

async function read(page, text) {
  await page.goto('/organisations/import');
  await page.getByLabel('Fil', { exact: true }).setInputFiles({ name: 'lista.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') });
  await page.getByRole('button', { name: 'Visa vad som ändras' }).click();
}

export async function run({ signIn, expect }) {
  const { page } = await signIn('coordinator', { language: 'sv' });
  await read(page, list);
  await page.getByRole('heading', { name: 'Nya' }).waitFor();
  await page.getByText('Skriv en sort eller en kommunkod.').waitFor();
  await page.getByRole('button', { name: 'Ta in listan' }).click();
  await page.goto('/organisations?q=tyres%C3%B6');
  expect.equal(await page.locator('tbody tr').count(), 1, 'rows of what was taken in');
  expect(await page.locator('tbody tr').getByText('0138').count(), 'the code has its zero again');

  await read(page, list);
  await page.getByText('Det finns inget att ändra.').waitFor();

  await read(page, homes);
  await page.getByRole('button', { name: 'Ta in listan' }).click();
  await page.goto('/organisations?q=%C3%A5kerb%C3%A4rsg%C3%A5rden');
  await page.locator('tbody th a').click();
  await page.locator('.hv-actions').getByRole('link', { name: 'Ändra' }).click();
  await page.getByRole('link', { name: 'Slå ihop med en annan' }).click();
  await page.getByLabel('Går upp i').selectOption({ label: 'Åkerbärets hem (demo)' });
  await page.getByRole('button', { name: 'Visa vad som händer' }).click();
  await page.getByRole('button', { name: 'Slå ihop' }).click();
  await page.getByRole('heading', { name: 'Åkerbärets hem (demo)', level: 1 }).waitFor();
  await page.goto('/organisations?q=%C3%A5kerb%C3%A4r');
  expect.equal(await page.locator('tbody tr').count(), 1, 'rows of what there is today');
}
