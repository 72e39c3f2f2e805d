export const name = 'a coordinator edits the words of an invitation, sees how they read, and goes back';

export async function run({ signIn, expect }) {
  const { page } = await signIn('coordinator', { language: 'sv', javaScriptEnabled: false });
  await page.goto('/letters');
  await page.getByRole('link', { name: 'Brevens ord' }).click();
  await page.getByRole('link', { name: 'Inbjudan: Svenska' }).click();

  // What cannot be filled in is said at its field, and nothing that was typed is lost.
  await page.getByLabel('Ämnesrad').fill('Hej {{förnamn}}');
  await page.getByRole('button', { name: 'Spara' }).click();
  expect.equal(await page.getByLabel('Ämnesrad').inputValue(), 'Hej {{förnamn}}', 'the subject as it was typed');
  expect.equal(await page.getByLabel('Ämnesrad').getAttribute('aria-invalid'), 'true', 'the subject is marked as wrong');

  // The preview shows an example, and saves nothing.
  await page.getByLabel('Ämnesrad').fill('Varmt välkommen, {{namn}}');
  await page.getByRole('button', { name: 'Visa hur det blir' }).click();
  const preview = page.locator('#preview');
  expect.equal(await preview.getByRole('heading', { name: 'Varmt välkommen, Karin Exempelgren' }).count(), 1, 'the subject with an example in it');
  expect.equal(await page.getByText('Husets ord', { exact: true }).count(), 1, "the house's words are still in use");

  await page.getByRole('button', { name: 'Spara' }).click();
  expect.equal(await page.getByText('Orden är sparade').count(), 1, 'it says that the words are saved');
  expect.equal(await page.getByText('Era egna ord', { exact: true }).count(), 1, "the hub's own words are in use");

  await page.getByRole('button', { name: 'Använd husets ord igen' }).click();
  expect.equal(await page.getByText('Husets ord', { exact: true }).count(), 1, "the house's words are back");
}
