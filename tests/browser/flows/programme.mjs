export const name = 'a coordinator mends a definition, sees what changes, plans it and takes it back';

const BROKEN = 'evry: 1 week';
const RIGHT = 'every: 1 week';

// A small programme of its own, so that the flow leaves the others' definitions as they are.
const definition = (every) => `programme: flow-trial
version: "1"
dated: 2024-01-01
title: {sv: Provprogrammet, en: The trial programme}
languages: [sv, en]
variants:
  - id: group
    kind: group
    title: {sv: Grupp, en: Group}
    ${every}
    sessions: [{id: s, repeat: 3, minutes: 90, sv: Träff, en: Session}]
`;

export async function run({ signIn, expect }) {
  const { page } = await signIn('coordinator', { language: 'sv', viewport: { width: 1280, height: 900 } });
  await page.goto('/programmes');
  await page.getByRole('link', { name: 'Ladda upp ett upplägg' }).click();
  await page.getByLabel('Fil', { exact: true }).setInputFiles({ name: 'prov.yaml', mimeType: 'text/yaml', buffer: Buffer.from(definition(BROKEN)) });
  await page.getByRole('button', { name: 'Granska och spara' }).click();
  expect.equal(await page.evaluate(() => document.activeElement.className), 'ds-error-summary', 'what has the focus');
  expect.equal(await page.locator('.hv-source mark').innerText(), 'evry', 'the word that is marked');

  const text = page.getByLabel('Eller klistra in texten');
  await text.fill((await text.inputValue()).replace(BROKEN, RIGHT));
  await page.getByRole('button', { name: 'Granska och spara' }).click();
  expect.equal(new URL(page.url()).pathname, '/programmes/flow-trial/versions/1/changes', 'the page after saving');

  const year = new Date().getFullYear() + 1;
  await page.getByLabel('Gäller från').fill(`${year}-08-01`);
  await page.getByRole('button', { name: 'Låt det gälla' }).click();
  expect.equal(await page.locator('main h1 + .ds-tag').innerText(), 'Kommer', 'the state once it is planned');
  await page.getByRole('button', { name: 'Ta tillbaka beslutet' }).click();
  expect.equal(await page.locator('tbody .ds-tag').innerText(), 'Förslag', 'the state once it is taken back');
}
