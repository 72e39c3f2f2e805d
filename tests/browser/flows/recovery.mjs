import { everything } from '../lib/checks.mjs';

export const name = 'somebody who cannot get in asks two colleagues for help, and they vouch';

async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
}

export async function run({ signIn, expect }) {
  const { page } = await signIn('', { language: 'sv' });
  const answers = [];
  for (const email of ['ledare0.2@demo.example', 'ingen@demo.example']) {
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Jag kommer inte in' }).click();
    await page.getByLabel('E-postadress').fill(email);
    await page.getByRole('button', { name: 'Be två kollegor om hjälp' }).click();
    await page.getByText('Om adressen finns här').waitFor();
    answers.push(await page.locator('main').innerText());
  }
  expect.equal(answers[1], answers[0], 'the answer to an address that nobody has');
  await looksRight(page, expect);

  for (const role of ['contact', 'administrator']) {
    const helper = (await signIn('', { language: 'sv' })).page;
    await helper.goto(`/demo/${role}`);
    await helper.getByRole('button', { name: 'Gå in' }).click();
    await helper.goto('/recovery');
    const asking = helper.locator('section:has(#asking) li');
    await asking.last().getByRole('link', { name: /^Öppna/ }).click();
    await helper.getByRole('button', { name: 'Intyga' }).click();
    await helper.locator('.ds-error-summary').getByText('Tala med kollegan först').waitFor();
    await looksRight(helper, expect);
    await helper.getByRole('checkbox').check();
    await helper.getByRole('button', { name: 'Intyga' }).click();
    await helper.getByText('Ditt intygande är sparat').waitFor();
    await asking.last().getByText(role === 'contact' ? '1 av 2 har intygat' : 'Länken är skickad').waitFor();
    await looksRight(helper, expect);
  }

  await page.goto('/recovery/link?code=nothing');
  await page.getByText('Länken gäller inte längre').waitFor();
  await looksRight(page, expect);
}
