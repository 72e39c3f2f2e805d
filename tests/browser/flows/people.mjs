import { readFileSync } from 'node:fs';

export const name = 'an administrator gives a role, ends another in the middle of work, and takes over registers';

export async function run({ signIn, expect }) {
  const { page } = await signIn('administrator', { language: 'sv' });
  const { page: technician } = await signIn('technician', { language: 'sv' });
  await gives(page, expect);
  await ends(page, technician, expect);
  await takesOver(page, expect);
}

async function open(page, email) {
  await page.goto('/people');
  await page.getByRole('searchbox').fill(email);
  await page.waitForURL((url) => url.searchParams.get('q') === email);
  await page.locator('tbody tr', { hasText: email }).getByRole('link').click();
}

async function gives(page, expect) {
  await open(page, 'ledare0.0@demo.example');
  await page.getByRole('link', { name: 'Ge en roll' }).click();
  await page.getByRole('button', { name: 'Ge rollen' }).click();
  await page.locator('#role-error').waitFor();
  await page.getByLabel('Roll', { exact: true }).selectOption('contact');
  await page.getByRole('button', { name: 'Ge rollen' }).click();
  await page.getByText('Rollen är given.').waitFor();
  expect.equal(await page.getByRole('heading', { name: 'Kontaktperson' }).count(), 1, 'the new role among the roles');
}

async function ends(page, technician, expect) {
  await technician.goto('/rounds');
  await open(page, 'tekniker@demo.example');
  await page.getByRole('link', { name: 'Avsluta' }).first().click();
  await page.getByLabel('Genast').check();
  await page.getByRole('button', { name: 'Avsluta rollen' }).click();
  await page.getByText('Det är sparat när rollen slutar.').waitFor();
  await technician.goto('/rounds');
  expect(new URL(technician.url()).pathname === '/sign-in', `the technician's next page is ${technician.url()}`);
}

async function takesOver(page, expect) {
  await page.goto('/people');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Hämta som Excel' }).click()]);
  const excel = { name: 'register.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: readFileSync(await file.path()) };
  const people = () => page.locator('.hv-toolbar [role=status]').textContent();
  const before = await people();
  await send(page, excel);
  await page.getByRole('heading', { name: /finns redan, med rollen/ }).waitFor();
  expect(await page.getByRole('heading', { name: /ny person|nya roller/ }).count() === 0, 'the list that was taken along adds nobody');

  const name = (await page.locator('tbody th span').first().textContent()).trim();
  const table = `E-post;Telefon;Namn\nny@demo.example;070-174 06 44;Rut Påhittsson\nannan@demo.example;;${name}\n`;
  await send(page, { name: 'register.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: 'Ta över' }).click();
  await page.locator('.ds-error-summary').waitFor(); // a question waits for an answer
  await page.getByLabel('Hoppa över raden').check();
  await page.getByRole('button', { name: 'Ta över' }).click();
  await page.getByText('Registret är övertaget.').waitFor();
  expect.equal(await page.locator('.hv-kpi dd').allTextContents(), ['1', '0', '0', '1'], 'new, known, already, left out');
  await page.goto('/people');
  expect(await people() !== before, 'one more person');
  await page.goto('/people?q=rut');
  expect.equal(await page.locator('tbody tr').count(), 1, 'the new one is found');
}

async function send(page, file) {
  await page.goto('/people/import');
  await page.getByLabel('Fil', { exact: true }).setInputFiles(file);
  const place = page.getByLabel('Arbetsplats');
  await place.selectOption(await place.locator('option').nth(1).getAttribute('value'));
  await page.getByRole('button', { name: 'Visa vad som händer' }).click();
  await page.getByRole('heading', { name: 'Det här händer' }).waitFor();
}
