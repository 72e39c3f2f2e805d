import { accessibility, html } from '../lib/checks.mjs';

export const name = 'a sign-in that ends while somebody types loses nothing';


export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const typed = `Ängla "${javaScriptEnabled ? 'Ö' : 'Å'}" Påhittsson & co`; // the same name twice would be asked about
    const { context, page } = await signIn('leader', { language: 'sv', javaScriptEnabled });
    await page.goto('/rounds?state=running');
    await page.locator('tbody th a').first().click();
    const group = `${new URL(page.url()).pathname}/participants`;
    await page.goto(group);
    await page.getByRole('link', { name: 'Lägg till' }).click();
    await page.getByLabel('Namn').fill(typed);
    await page.locator('#language').selectOption('so');

    await context.clearCookies({ name: 'hemvist' });
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST'),
      page.getByRole('button', { name: 'Lägg till' }).click(),
    ]);
    expect.equal(answer.status(), 401, 'a form that comes too late');
    await page.getByRole('heading', { name: 'Du behöver logga in igen' }).waitFor();
    if (javaScriptEnabled) {
      expect.equal(await accessibility(page), [], 'the page that keeps what was typed, to axe');
      expect.equal(await html(await answer.text()), [], 'the page that keeps what was typed, as HTML');
    }

    const [other] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Logga in i en ny flik' }).click()]);
    await other.getByRole('link', { name: /Gruppledare|gruppledare/ }).click();
    await other.getByRole('button', { name: 'Gå in' }).click();
    await other.locator('.hv-user').waitFor(); // the page where one enters has a heading, too
    await other.close();

    await page.getByRole('button', { name: 'Skicka igen' }).click();
    await page.getByRole('status').getByText('Deltagaren är tillagd').waitFor();
    expect.equal(new URL(page.url()).pathname, group, 'where it ends');
    await page.getByRole('row', { name: typed }).first().getByText('somaliska').waitFor();
  }

  // A page that is asked for too late comes after signing in.
  const { context, page } = await signIn('leader', { language: 'sv' });
  await context.clearCookies({ name: 'hemvist' });
  await page.goto('/rounds?state=running&sort=name');
  await page.getByRole('link', { name: /Gruppledare|gruppledare/ }).click();
  await page.getByRole('button', { name: 'Gå in' }).click();
  await page.waitForURL((url) => url.pathname === '/rounds' && url.searchParams.get('state') === 'running' && url.searchParams.get('sort') === 'name');
}
