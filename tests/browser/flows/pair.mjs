import { accessibility } from '../lib/checks.mjs';

export const name = 'a leader is ill and somebody steps in; two leaders write about an evening at once and see each other; a concern is noted without a word of it';

const phone = { width: 390, height: 844 };

export async function run({ signIn, expect }) {
  const { page: leader } = await signIn('leader', { language: 'sv', viewport: phone });
  const { page: other } = await signIn('colleague', { language: 'sv', viewport: phone });
  const group = await shared(leader);
  await ill(leader, other, group, expect);
  await evening(leader, other, group, expect);
  await worried(leader, other, expect);
}

// shared is the group that both lead.
async function shared(page) {
  await page.goto('/rounds?state=running');
  return page.locator('tbody th a').first().getAttribute('href');
}

const nameOf = async (page) => (await page.locator('.hv-user-name').first().textContent()).trim();

// One of them cannot come. Whoever is free is found and put in, and the other sees who comes.
async function ill(leader, other, group, expect) {
  await leader.goto(group);
  await leader.locator('.hv-steps li[aria-current=step] a, .hv-steps li[aria-current=step] + li a').first().click();
  await leader.getByRole('link', { name: 'En ledare kan inte komma' }).click();
  const me = await nameOf(leader);
  await leader.locator('#away li', { hasText: me }).getByRole('link', { name: /^Kan inte komma/ }).click();
  expect.equal(await accessibility(leader), [], 'who is free, to axe');
  const free = leader.locator('#free li').first();
  const name = (await free.locator('strong').textContent()).trim();
  await free.getByRole('button', { name: /^Hoppar in/ }).click();
  await leader.getByRole('status').getByText('Ett brev är skickat').waitFor();
  const session = new URL(leader.url()).pathname.replace(/\/stand-in$/, '');

  await other.goto(session);
  await other.getByText(`${me} kan inte komma. ${name} hoppar in.`).waitFor();

  // As it was, for the next time.
  await leader.goto(`${session}/stand-in`);
  await leader.locator('#away li', { hasText: me }).getByRole('button', { name: /^Ångra/ }).click();
  await leader.getByRole('status').getByText('Det är ändrat').waitFor();
}

// Both have the page open and write: whoever comes last sees both, and nothing is lost. Each answers the self-check, and sees the other's.
async function evening(leader, other, group, expect) {
  await leader.goto(group);
  const session = await leader.locator('.hv-steps li[data-state=done] a').first().getAttribute('href');
  for (const page of [leader, other]) await page.goto(session);
  const save = async (page, text) => {
    await page.getByRole('textbox', { name: 'Om träffen' }).fill(text);
    await page.getByRole('button', { name: 'Spara anteckningarna' }).click();
  };
  const mine = 'Rollspelet tog längre tid än vi trodde.';
  const theirs = 'Alla hade gjort uppgiften.';
  await save(leader, mine);
  await leader.getByRole('status').getByText('Anteckningarna är sparade').waitFor();
  await save(other, theirs);
  const told = other.getByRole('alert');
  await told.getByText('Någon annan har skrivit under tiden').waitFor();
  await told.getByText(mine).waitFor();
  expect.equal(await other.getByRole('textbox', { name: 'Om träffen' }).inputValue(), theirs, 'what was typed, beside what the other wrote');
  expect.equal(await accessibility(other), [], 'two texts, to axe');
  await save(other, `${mine}\n${theirs}`);
  await other.getByRole('status').getByText('Anteckningarna är sparade').waitFor();

  const check = other.locator('section[id^=check-]').first();
  for (const item of await check.locator('fieldset').all()) await item.getByRole('radio').last().check();
  await check.getByRole('button', { name: 'Spara svaren' }).click();
  await other.getByRole('status').getByText('Svaren är sparade').waitFor();

  await leader.goto(session);
  expect.equal(await leader.getByRole('textbox', { name: 'Om träffen' }).inputValue(), `${mine}\n${theirs}`, 'the notes of both');
  await leader.locator('section[id^=check-]').first().getByRole('heading', { name: await nameOf(other) }).waitFor();
}

// That it is reported is noted with its day and who did it: there is nowhere to write anything else.
async function worried(leader, other, expect) {
  await leader.getByRole('main').getByRole('link', { name: 'Orolig för ett barn?' }).click();
  const form = leader.getByRole('main').locator('form', { has: leader.getByRole('button', { name: 'Anteckna att anmälan är gjord' }) });
  expect.equal(await form.locator('input:not([type=hidden]), textarea, select').evaluateAll((all) => all.map((el) => el.type)), ['date'], 'what one can write of a concern');
  await form.getByRole('button').click();
  await leader.getByRole('status').getByText('Det är antecknat').waitFor();
  const said = leader.getByText(/^En anmälan gjord/);
  const lines = await said.count();
  await other.goto(new URL(leader.url()).pathname);
  expect.equal(await other.getByText(/^En anmälan gjord/).count(), lines, 'reports that the other leader sees');
  await leader.getByRole('button', { name: /^Det blev fel/ }).first().click(); // as it was, for the next time
  await leader.getByRole('status').getByText('Anteckningen är borttagen').waitFor();
}
