import { everything, html } from '../lib/checks.mjs';

// Chromium's own virtual authenticator stands for the finger on the key.
export const name = 'somebody adds a passkey, signs in with it, and is signed out from another browser';

async function authenticator(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    refuse: (refuses) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !refuses }),
  };
}

const enterDemo = async (page) => {
  await page.goto('/demo/leader');
  await page.getByRole('button', { name: 'Gå in' }).click();
};

// No list of pages can name the page of one passkey, or one that is refused: they are looked at here.
async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
}

const validHTML = async (page, expect) => {
  expect.equal((await html(await (await page.request.get(page.url())).text())).map((p) => `${p.rule}: ${p.text}`), [], `HTML at ${page.url()}`);
};

export async function run({ signIn, expect }) {
  const { context, page } = await signIn('', { language: 'sv' });
  const device = await authenticator(context, page);
  const names = page.locator('section:has(#passkeys) h3');
  await enterDemo(page);
  await page.getByRole('link', { name: 'Lägg till en passkey' }).click();
  const add = page.getByRole('button', { name: 'Lägg till en passkey' });

  await add.click();
  await page.getByRole('link', { name: 'Skriv ett namn' }).waitFor();
  expect.equal((await device.keys()).length, 0, 'keys made without a name');

  await page.getByRole('textbox', { name: 'Namn' }).fill('Provdatorn');
  await add.click();
  await page.getByText('Passkeyn är tillagd').waitFor();
  expect.equal(await names.allTextContents(), ['Provdatorn'], 'passkeys listed');
  expect.equal((await device.keys()).map((k) => k.rpId), ['localhost'], 'keys on the device');

  await page.getByRole('textbox', { name: 'Namn' }).fill('En till');
  await add.click();
  await page.getByText('Den här enheten har redan en passkey').waitFor();

  await page.getByRole('link', { name: /^Ändra.*Provdatorn/ }).click();
  await looksRight(page, expect);
  await validHTML(page, expect);
  await page.getByRole('textbox', { name: 'Namn' }).fill('Min provdator');
  await page.getByRole('button', { name: 'Spara namnet' }).click();
  expect.equal(await names.allTextContents(), ['Min provdator'], 'passkeys after the new name');
  await looksRight(page, expect);
  await validHTML(page, expect);

  await page.getByRole('button', { name: 'Gruppledare' }).click();
  await page.getByRole('button', { name: 'Logga ut' }).click();
  const withKey = page.getByRole('button', { name: 'Logga in med passkey' });
  await device.refuse(true);
  await withKey.click();
  await page.getByText('Det avbröts').waitFor();
  await looksRight(page, expect);
  await device.refuse(false);
  await page.goto('/rounds?state=running');
  await withKey.click();
  await page.waitForURL((url) => url.pathname === '/rounds' && url.searchParams.get('state') === 'running');

  const other = await signIn('', { language: 'sv' });
  await enterDemo(other.page);
  await other.page.goto('/me/sign-in');
  const mine = other.page.locator('section:has(#sign-ins) li', { hasText: 'Med Min provdator' });
  await mine.getByRole('button', { name: 'Avsluta' }).click();
  await other.page.getByText('Inloggningen är avslutad').waitFor();
  expect.equal(await mine.count(), 0, 'sign-ins by the passkey that are left');
  await page.goto('/rounds');
  expect(new URL(page.url()).pathname === '/sign-in', `signed out at the next request, and not at ${page.url()}`);

  await withKey.click();
  await page.waitForURL((url) => url.pathname === '/rounds');
  await page.goto('/me/sign-in');
  await page.getByRole('link', { name: /^Ändra.*Min provdator/ }).click();
  await page.getByText('Det är din enda passkey').waitFor();
  await page.getByRole('button', { name: 'Ta bort' }).click();
  await page.getByText('Passkeyn är borttagen').waitFor();
  await page.getByRole('button', { name: 'Gruppledare' }).click();
  await page.getByRole('button', { name: 'Logga ut' }).click();
  await withKey.click();
  await page.locator('.ds-error-summary').getByText('Det gick inte att logga in med den passkeyn').waitFor();
  expect(await page.evaluate(() => document.activeElement.matches('.ds-error-summary')), 'the error summary has focus');
  await looksRight(page, expect);

  const plain = await signIn('', { language: 'sv', javaScriptEnabled: false });
  await plain.page.goto('/sign-in');
  await plain.page.getByText('Logga in med en kod i stället').waitFor();
  expect.equal(await plain.page.getByRole('button', { name: 'Logga in med passkey' }).count(), 0, 'buttons that need script, without script');
}
