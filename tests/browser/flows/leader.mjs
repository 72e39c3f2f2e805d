import { accessibility, html } from '../lib/checks.mjs';

export const name = 'a leader answers for a session, adds a participant with a mistake first, and signs out';

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await signIn('', { language: 'sv', javaScriptEnabled });
    await page.goto('/demo/leader');
    await page.getByRole('button', { name: 'Gå in' }).click();

    // What needs the leader leads to the session, where one button says that it was held.
    await page.getByRole('link', { name: /^Svara/ }).first().click();
    const id = new URL(page.url()).hash.slice(1);
    expect(/^session-\d+$/.test(id), `the link leads to a session, not to ${page.url()}`);
    const session = page.locator(`#${id}`);
    const colour = () => session.locator('.ds-tag').getAttribute('data-color');
    expect.equal(await colour(), 'warning', 'the session before');
    await session.getByRole('button', { name: /^Träffen hölls/ }).click();
    await page.getByRole('status').getByText('antecknat att träffen hölls').waitFor();
    expect.equal(await colour(), 'success', 'the session after');
    await session.getByRole('button', { name: /^Ångra/ }).click(); // as it was, for the next time
    await page.getByRole('status').getByText('ångrat').waitFor();

    await addSomebody(page, javaScriptEnabled, expect);

    await page.getByRole('button', { name: 'Gruppledare' }).click();
    await page.getByRole('button', { name: 'Logga ut' }).click();
    await page.getByRole('status').getByText('Du är utloggad').waitFor();
    await page.goto('/rounds');
    expect.equal(new URL(page.url()).pathname, '/sign-in', 'where somebody who has signed out lands');
  }
}

async function addSomebody(page, javaScriptEnabled, expect) {
  const who = javaScriptEnabled ? 'Aina Exempelgren' : 'Öjvind Provlund';
  await page.getByRole('link', { name: 'Se deltagarna' }).click();
  await page.getByRole('link', { name: 'Lägg till' }).click();
  await page.getByLabel('Telefon').fill('070-174 06 05');
  await page.getByLabel('Vilket språk').selectOption('ti');
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST'),
    page.getByRole('button', { name: 'Lägg till' }).click(),
  ]);
  expect.equal(answer.status(), 422, 'a form without a name');
  await page.locator('.ds-error-summary:focus').waitFor();
  expect.equal(await page.getByLabel('Telefon').inputValue(), '070-174 06 05', 'the contact that was typed');
  expect.equal(await page.getByLabel('Vilket språk').inputValue(), 'ti', 'the language that was chosen');
  if (javaScriptEnabled) {
    expect.equal(await accessibility(page), [], 'the form with a mistake, to axe');
    expect.equal(await html(await answer.text()), [], 'the form with a mistake, as HTML');
  }
  await page.getByRole('link', { name: 'Skriv deltagarens namn' }).click();
  if (javaScriptEnabled) expect.equal(await page.evaluate(() => document.activeElement.id), 'name', 'where the summary leads');
  await page.getByLabel('Namn').fill(who);
  await page.getByRole('button', { name: 'Lägg till' }).click();
  await page.getByRole('status').getByText('Deltagaren är tillagd').waitFor();
  const row = page.getByRole('row', { name: who });
  await row.getByText('070-174 06 05').waitFor();
  await row.getByText('tigrinja').waitFor();
}
