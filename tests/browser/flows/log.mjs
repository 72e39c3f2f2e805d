import { accessibility, html } from '../lib/checks.mjs';

export const name = 'a log reviewer draws a sample and asks, a leader answers, the reviewer accepts; a colleague reads who looked';

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const { page: reviewer } = await signIn('log-reviewer', { language: 'sv', javaScriptEnabled });
    await ask(reviewer, expect, javaScriptEnabled);
    const { page: leader } = await signIn('leader', { language: 'sv', javaScriptEnabled });
    await answer(leader, expect, javaScriptEnabled);
    await accept(reviewer, expect);
    await ownLog(leader, expect);
  }
}

async function ask(page, expect, javaScriptEnabled) {
  await page.goto('/log?days=30&seed=prov');
  const drawn = await page.locator('#sample ~ tbody th').allInnerTexts();
  expect(drawn.length > 0, 'something was drawn');
  await page.reload();
  expect.equal(await page.locator('#sample ~ tbody th').allInnerTexts(), drawn, 'the same address draws the same');
  await page.getByRole('link', { name: 'Hela loggen' }).click();
  await page.getByRole('searchbox', { name: 'Vem' }).fill('karin exempel');
  await page.getByLabel('Vad', { exact: true }).selectOption({ label: 'Deltagare' });
  await page.getByRole('button', { name: 'Visa' }).click();
  const row = page.getByRole('row', { name: /^Öppnade deltagarlistan/ }).filter({ has: page.getByRole('checkbox') }).first();
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Fråga om de valda' }).click();
  await page.getByLabel('Mer om frågan').fill('Vad behövde du se?');
  await refused(page, expect, 'Skicka frågan', javaScriptEnabled);
  expect.equal(await page.getByLabel('Mer om frågan').inputValue(), 'Vad behövde du se?', 'what was typed');
  await page.getByLabel('Det kom med i ett stickprov').check();
  await page.getByRole('button', { name: 'Skicka frågan' }).click();
  await page.getByRole('status').getByText('Frågan är skickad').waitFor();
}

async function answer(page, expect, javaScriptEnabled) {
  for (;;) {
    await page.goto('/');
    const link = page.getByRole('link', { name: /^Svara på frågan/ }).first();
    if (!(await link.count())) break;
    await link.click();
    await page.getByRole('heading', { level: 1, name: 'Varför tittade du?' }).waitFor();
    if (javaScriptEnabled) expect.equal(await accessibility(page), [], 'the question, to axe');
    await refused(page, expect, 'Skicka svaret', javaScriptEnabled);
    await page.getByLabel('Jag arbetar med gruppen eller personen').check();
    await page.getByLabel('Berätta mer').fill('Jag ringde runt inför träffen.');
    await page.getByRole('button', { name: 'Skicka svaret' }).click();
    await page.getByRole('status').getByText('Ditt svar är skickat').waitFor();
  }
}

async function refused(page, expect, button, javaScriptEnabled) {
  const [response] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST'),
    page.getByRole('button', { name: button }).click(),
  ]);
  expect.equal(response.status(), 422, `${button} without a choice`);
  await page.locator('.ds-error-summary:focus').waitFor();
  if (javaScriptEnabled) {
    expect.equal(await accessibility(page), [], `${button} refused, to axe`);
    expect.equal(await html(await response.text()), [], `${button} refused, as HTML`);
  }
}

async function accept(page, expect) {
  await page.goto('/');
  await page.getByRole('link', { name: /^Läs svaren/ }).click();
  await page.locator('tbody th a').first().click();
  await page.getByText('Jag ringde runt inför träffen.').first().waitFor();
  await page.getByRole('button', { name: 'Godta svaret' }).click();
  await page.getByRole('status').getByText('Svaret är godtaget').waitFor();
  expect.equal(await page.locator('.hv-head .ds-tag').innerText(), 'Godtagen', 'where it stands');
}

async function ownLog(page, expect) {
  await page.getByRole('button', { name: 'Gruppledare' }).click();
  await page.getByRole('link', { name: 'Min logg' }).click();
  await page.getByRole('row', { name: /Frågade .* om en läsning/ }).first().waitFor();
  await page.getByRole('link', { name: 'Vad jag har gjort' }).click();
  await page.getByRole('row', { name: /Svarade på en fråga/ }).first().waitFor();
  expect.equal(new URL(page.url()).pathname, '/me/log/own', 'where one reads what one did');
}
