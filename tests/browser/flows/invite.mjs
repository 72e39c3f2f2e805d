import { everything, html } from '../lib/checks.mjs';

// From one letter to the next: who is invited comes in, makes a passkey, has the role, and invites somebody in turn.
export const name = 'a coordinator invites an administrator, who invites a leader, whose role ends while they work';

async function authenticator(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

// No list of pages can name those to which only a letter leads: they are looked at here.
async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
  expect.equal(await html(await (await page.request.get(page.url())).text()), [], `HTML at ${page.url()}`);
}

async function invite(page, { name, email, place, role, programme }) {
  await page.goto('/people');
  await page.getByRole('link', { name: 'Bjud in någon' }).click();
  await page.getByRole('textbox', { name: 'Namn' }).fill(name);
  await page.getByRole('textbox', { name: 'E-post' }).fill(email);
  await page.locator('#place').selectOption({ label: place });
  await page.locator('#role').selectOption({ label: role });
  if (programme) await page.locator('#programme').selectOption({ label: programme });
  await page.getByRole('button', { name: 'Skicka inbjudan' }).click();
  await page.getByText('Inbjudan är skickad').waitFor();
  await page.getByRole('link', { name }).waitFor();
}

/** Reads the letter to somebody in the demo's outbox, and returns where its link leads. */
async function linkTo(page, name) {
  await page.goto(`/letters?${new URLSearchParams({ q: name })}`);
  await page.locator('tbody th a').first().click();
  return page.locator('main a[href*="/invitation?code="]').first().getAttribute('href');
}

/** Follows the link, and makes a passkey. */
async function comeIn(signIn, expect, link, greeting) {
  const { context, page } = await signIn('', { language: 'sv' });
  await authenticator(context, page);
  await page.goto(link);
  await looksRight(page, expect);
  await page.getByRole('button', { name: 'Tacka ja och gå in' }).click();
  await page.getByRole('heading', { name: greeting }).waitFor();
  expect(!page.url().includes('code='), `the code is still in the address: ${page.url()}`);
  await looksRight(page, expect);
  await page.getByRole('textbox', { name: 'Namn' }).fill('Jobbdatorn');
  await page.getByRole('button', { name: 'Lägg till en passkey' }).click();
  await page.getByText('Passkeyn är tillagd').waitFor();
  expect.equal(new URL(page.url()).pathname, '/', 'after the passkey');
  return page;
}

export async function run({ signIn, expect }) {
  const { page: hub } = await signIn('', { language: 'sv' });
  await hub.goto('/demo/coordinator');
  await hub.getByRole('button', { name: 'Gå in' }).click();
  await invite(hub, { name: 'Göran Utkastsson', email: 'goran@umea.example', place: 'Umeå kommun', role: 'Administratör' });
  const first = await linkTo(hub, 'Göran');

  const boss = await comeIn(signIn, expect, first, 'Välkommen, Göran');
  await boss.getByText('Administratör, Umeå kommun').first().waitFor();
  await invite(boss, { name: 'Elin Fabelstrand', email: 'elin@umea.example', place: 'Umeå kommun, Socialnämnden', role: 'Gruppledare', programme: 'Connect' });
  const second = await linkTo(boss, 'Elin');

  const leader = await comeIn(signIn, expect, second, 'Välkommen, Elin');
  await leader.goto('/rounds');
  await leader.getByRole('heading', { name: 'Grupper', exact: true }).waitFor();
  const late = await signIn('', { language: 'sv' });
  const answer = await late.page.request.get(second);
  expect.equal(answer.status(), 404, 'the same link again');

  await boss.goto('/people?q=elin');
  await boss.getByRole('link', { name: 'Elin Fabelstrand' }).click();
  await boss.locator('a[href$="/end"]').first().click();
  await boss.locator('input[name=when][value=now]').check();
  await boss.locator('main form button[type=submit]').first().click();
  await boss.locator('.ds-alert[role=status]').waitFor();
  await leader.goto('/rounds');
  expect.equal(new URL(leader.url()).pathname, '/sign-in', 'the page of a leader whose role has ended');
}
