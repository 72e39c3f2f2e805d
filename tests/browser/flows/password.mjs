import { createHmac } from 'node:crypto';

import { everything } from '../lib/checks.mjs';

// The app on the phone is a few lines here (RFC 6238).
export const name = 'somebody sets a password with a changing code, and signs in with it';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function codeOf(secret, at = Date.now()) {
  let bits = '';
  for (const c of secret.replace(/\s/g, '')) bits += letters.indexOf(c).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const sum = createHmac('sha1', key).update(step).digest();
  const from = sum[19] & 15;
  return String((sum.readUInt32BE(from) & 0x7fffffff) % 1e6).padStart(6, '0');
}

async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
}

export async function run({ signIn, expect }) {
  const { page } = await signIn('', { language: 'sv' });
  const passphrase = 'grönt te med två ugglor';
  await page.goto('/demo/technician');
  await page.getByRole('button', { name: 'Gå in' }).click();
  await page.goto('/me/sign-in/password');
  await page.getByLabel('Nytt lösenord').fill('lösenordlösenord');
  await page.getByRole('button', { name: 'Fortsätt' }).click();
  await page.locator('.ds-error-summary').getByText('Det är för lätt att gissa').waitFor();
  await page.getByLabel('Nytt lösenord').fill(passphrase);
  await page.getByRole('button', { name: 'Fortsätt' }).click();
  await page.getByRole('heading', { name: 'Koppla en app' }).waitFor();
  await looksRight(page, expect);
  const secret = await page.locator('main .hv-code').innerText();
  await page.getByLabel('Koden som appen visar').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Klart' }).click();
  await page.getByRole('heading', { name: 'Lösenordet gäller nu' }).waitFor();
  const reserve = await page.locator('main li .hv-code').allInnerTexts();
  expect.equal(reserve.length, 10, 'reserve codes');
  await looksRight(page, expect);

  const again = await signIn('', { language: 'sv' });
  await again.page.goto('/sign-in?next=/me/sign-in');
  const form = again.page.locator('section:has(#with-password)');
  const fill = async (password, code) => {
    await form.getByLabel('E-postadress').fill('tekniker@demo.example');
    await form.getByLabel('Lösenord').fill(password);
    await form.getByLabel('Kod från appen').fill(code);
    await form.getByRole('button', { name: 'Logga in' }).click();
  };
  await fill('något helt annat', reserve[0]);
  await again.page.locator('.ds-error-summary').getByText('Det gick inte att logga in').waitFor();
  await fill(passphrase, reserve[0]);
  await again.page.waitForURL((url) => url.pathname === '/me/sign-in');
  await again.page.getByText('Du har 9 reservkoder kvar').waitFor();
  // The code of the next half minute is taken too, as clocks differ: the first one is used up.
  const third = await signIn('', { language: 'sv' });
  await third.page.goto('/sign-in?next=/me/sign-in');
  const last = third.page.locator('section:has(#with-password)');
  await last.getByLabel('E-postadress').fill('tekniker@demo.example');
  await last.getByLabel('Lösenord').fill(passphrase);
  await last.getByLabel('Kod från appen').fill(codeOf(secret, Date.now() + 30000));
  await last.getByRole('button', { name: 'Logga in' }).click();
  await third.page.waitForURL((url) => url.pathname === '/me/sign-in');
  await third.page.goto('/me/sign-in/password');
  await looksRight(third.page, expect);
  await third.page.getByRole('button', { name: 'Ta bort lösenordet' }).click();
  await third.page.getByText('Lösenordet är borttaget').waitFor();
}
