import { accessibility, html } from '../lib/checks.mjs';

export const name = 'a leader on a phone adds a couple, takes in a list, one leaves, and the rest consent in one go; a trainer adds a colleague; a board decides how participants are kept';

const phone = { width: 390, height: 844 };

async function sound(page, expect, what) {
  expect.equal(await accessibility(page), [], `${what}, to axe`);
  expect.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `${what} scrolls sideways`);
}

// The lines as Excel saves them in Sweden: Windows-1252, semicolons, Windows' line ends.
function list(surname) {
  const lines = ['Deltagare hösten', '', 'Telefon;Namn;Språk;Tolk;Barnets ålder;Hör ihop med',
    `070-174 06 21;Åsa ${surname};svenska;;12;`, `070-174 06 22;Örjan ${surname};Svenska;nej;12;Åsa ${surname}`,
    `vet ej;Zahra ${surname};arabiska;x;9;`, `;Hemlig ${surname} 700101-1234;;;;`];
  return { name: 'lista.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n'), 'latin1') };
}

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) await leader(signIn, expect, javaScriptEnabled);
  await trainer(signIn, expect);
  await contact(signIn, expect);
}

async function leader(signIn, expect, javaScriptEnabled) {
  const surname = javaScriptEnabled ? 'Listström' : 'Listgren';
  const { page } = await signIn('leader', { language: 'sv', viewport: phone, javaScriptEnabled });
  await page.goto('/rounds?state=planned');
  await page.locator('tbody a').first().click();
  await page.getByRole('link', { name: 'Deltagare', exact: true }).click();
  const count = () => page.locator('#participants tbody tr').count();
  const before = await count();

  // A couple: the second belongs together with the first.
  const add = async (name, more) => {
    await page.getByRole('link', { name: 'Lägg till' }).click();
    await page.locator('#name').fill(name);
    await more();
    await page.getByRole('button', { name: 'Lägg till' }).click();
  };
  await add(`Yusuf ${surname}`, async () => {
    await page.locator('#phone').fill('19700101-1234');
    await page.locator('#children').fill('12, 9');
  });
  await page.locator('.ds-error-summary:focus').waitFor();
  expect.equal(await page.locator('#children').inputValue(), '12, 9', 'the ages that were typed');
  if (javaScriptEnabled) await sound(page, expect, 'the form with a mistake');
  await page.locator('#phone').fill('070-174 06 20');
  await page.getByRole('button', { name: 'Lägg till' }).click();
  await page.getByRole('status').getByText('Deltagaren är tillagd').waitFor();
  await add(`Leila ${surname}`, async () => {
    await page.locator('#language').selectOption('so');
    await page.getByLabel('Behöver tolk').check();
    await page.locator('#with').selectOption({ label: `Yusuf ${surname}` });
  });
  await page.getByRole('row', { name: `Leila ${surname}` }).getByText(`Hör ihop med Yusuf ${surname}`).waitFor();
  expect.equal(await count(), before + 2, 'participants with the couple');
  if (javaScriptEnabled) await sound(page, expect, 'who takes part');

  // A list from Excel, with a wrong line and one that holds a personal number.
  await page.getByRole('link', { name: 'Ta in en lista' }).click();
  await page.locator('#file').setInputFiles(list(surname));
  const [, preview] = await Promise.all([
    page.locator('form.hv-form button[type=submit]').click(),
    page.waitForResponse((r) => r.request().method() === 'GET' && r.url().includes('/lists/')),
  ]);
  await page.getByRole('heading', { name: '2 rader tas inte in' }).waitFor();
  const text = await page.locator('main').textContent();
  expect(!text.includes('700101') && !text.includes('Hemlig'), 'nothing of a line with a personal number is shown');
  if (javaScriptEnabled) {
    await sound(page, expect, 'what becomes of a list');
    expect.equal(await html(await preview.text()), [], 'what becomes of a list, as HTML');
  }
  await page.getByRole('button', { name: 'Lägg till 2 deltagare' }).click();
  await page.getByRole('status').getByText('Deltagarna är tillagda').waitFor();
  expect.equal(await count(), before + 4, 'participants with the list');

  // The same list again adds nobody.
  await page.getByRole('link', { name: 'Ta in en lista' }).click();
  await page.locator('#file').setInputFiles(list(surname));
  await page.locator('form.hv-form button[type=submit]').click();
  await page.getByRole('heading', { name: 'Ingen ny att lägga till' }).waitFor();

  // One leaves.
  await page.goto(page.url().replace(/\/import.*/, ''));
  await page.getByRole('link', { name: `Örjan ${surname}` }).click();
  await page.getByText('Säg att personen slutar').click();
  await page.getByLabel('Får annat stöd').check();
  if (javaScriptEnabled) await sound(page, expect, 'a participant');
  await page.getByRole('button', { name: 'Slutar', exact: true }).click();
  await page.getByRole('status').getByText('bland dem som har slutat').waitFor();
  await page.locator('#left').getByRole('row', { name: `Örjan ${surname}` }).getByText('Får annat stöd').waitFor();
  expect.equal(await count(), before + 3, 'participants without the one who left');
  await consents(page, expect, javaScriptEnabled, `Leila ${surname}`);
}

// All consents in one go: how, all say yes, but for one, and the leader's own.
async function consents(page, expect, javaScriptEnabled, no) {
  const group = page.url().replace(/\/participants.*/, '');
  let taps = 0;
  const tap = async (locator) => { taps += 1; await locator.click(); };
  await tap(page.getByRole('link', { name: 'Samtycken', exact: true }));
  const asked = page.locator('#asked fieldset');
  const n = await asked.count();
  const ofOne = asked.filter({ hasText: no });
  if (javaScriptEnabled) await sound(page, expect, 'the consents');
  await tap(page.locator('#consent-how').getByRole('radio', { name: 'Muntligt' }));
  await tap(ofOne.getByRole('radio', { name: 'Nej' }));
  await tap(page.locator('#leaders').getByRole('radio', { name: 'Ja' }));
  await tap(page.getByRole('button', { name: 'Alla som inte har svarat säger ja' }));
  await page.getByRole('status').getByText('Svaren är sparade').waitFor();
  expect(taps <= 5, `${taps} taps for the consents of ${n}`);
  expect.equal(await page.locator('#asked input[value=given]:checked').count(), n - 1, 'who have said yes');
  expect.equal(await page.locator('#leaders input[value=given]:checked').count(), 1, "the leader's own yes");
  await ofOne.getByText('muntligt i gruppen').waitFor();
  const box = await ofOne.getByRole('radio', { name: 'Nej' }).boundingBox();
  expect(box.height >= 56 && box.width >= 56, `an answer is ${box.width} by ${box.height} pixels`);

  // On their own page the no becomes a yes, explained in their own language.
  await page.goto(page.url().replace(/\/consent.*/, '/participants'));
  const row = page.locator('#participants').getByRole('row', { name: no });
  await row.getByText('Nej till filmning').waitFor();
  await row.getByRole('link', { name: no }).click();
  await page.getByText('Skriv in ett svar').click();
  const form = page.locator('#consent form');
  await form.getByLabel('Ja', { exact: true }).check();
  if (javaScriptEnabled) await sound(page, expect, 'the consent of a participant');
  expect.equal(await form.locator('#consent-language').inputValue(), 'so', 'the language of one who has an interpreter');
  await form.getByRole('button', { name: 'Spara svaren' }).click();
  await page.locator('#consent').getByText('Samtycker till filmning').waitFor();
  await page.locator('#consent summary', { hasText: 'Alla svar' }).click();
  expect.equal(await page.locator('#consent .hv-history li').count(), 2, 'answers that can be read');
  await takesBack(page, expect, javaScriptEnabled, group.split('/').at(-1));
}

// The leader finds their own yes under their own name, and takes it back there.
async function takesBack(page, expect, javaScriptEnabled, group) {
  await page.goto('/me/profile');
  await page.locator('main').getByRole('link', { name: 'Mina samtycken' }).click();
  if (javaScriptEnabled) await sound(page, expect, "one's own consents");
  await page.locator(`#mine a[href$="${group}"]`).click();
  if (javaScriptEnabled) await sound(page, expect, "one's own consent");
  await page.getByRole('button', { name: 'Ta tillbaka mitt ja' }).click();
  await page.getByRole('status').getByText('Ditt ja är tillbakataget').waitFor();
  await page.locator('#said').getByText('Du har tagit tillbaka ditt ja').waitFor();
  expect.equal(await page.getByRole('button', { name: 'Ta tillbaka mitt ja' }).count(), 0, 'a yes to take back');
}

async function trainer(signIn, expect) {
  const { page } = await signIn('trainer', { language: 'sv' });
  await page.goto('/rounds');
  await page.locator('tbody a').first().click();
  await page.getByRole('link', { name: 'Deltagare', exact: true }).click();
  await page.getByRole('link', { name: 'Lägg till' }).click();
  await page.locator('#emails').fill('ledare0.0@demo.example\nfinns.inte@demo.example');
  await page.getByRole('button', { name: 'Lägg till' }).click();
  await page.getByText('finns.inte@demo.example – Adressen finns inte i registret.').waitFor();
  expect.equal(await page.locator('#emails').inputValue(), 'finns.inte@demo.example', 'the lines that are left');
  await sound(page, expect, 'where colleagues are added');
}

async function contact(signIn, expect) {
  const { page } = await signIn('contact', { language: 'sv' });
  await page.goto('/rounds');
  await page.getByRole('link', { name: 'Så sparas deltagare' }).click();
  await page.locator('#from').fill('2020-01-01');
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByRole('link', { name: 'Välj en dag från och med i dag' }).waitFor();
  const ahead = new Date(Date.now() + 300 * 86400e3).toISOString().slice(0, 10);
  await page.locator('#from').fill(ahead);
  await page.getByLabel('Under pseudonym').check();
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByRole('status').getByText('Regeln är sparad').waitFor();
  await page.getByText('Under pseudonym – Socialnämnden').waitFor();
  await sound(page, expect, 'how participants are kept');
}
