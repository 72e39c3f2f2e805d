import { everything, html } from '../lib/checks.mjs';

export const name = 'the coordinator fills in who answers, a visitor writes, and is answered';

// No list of pages can name a preview, a receipt or a form with a mistake: they are looked at here.
async function looksRight(page, expect) {
  expect.equal(await everything(page), [], `problems at ${page.url()}`);
}

async function answerOf(page, press) {
  const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), press()]);
  return answer;
}

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    const { page: boss } = await signIn('coordinator', { language: 'sv', javaScriptEnabled });
    const { page: visitor } = await signIn('', { language: 'sv', javaScriptEnabled });
    const look = (page) => (javaScriptEnabled ? looksRight(page, expect) : undefined);
    const who = javaScriptEnabled ? 'Provhemvisten' : 'Låtsashemvisten';

    await boss.goto('/site');
    await boss.getByRole('link', { name: 'Uppgifter', exact: true }).click();
    await boss.getByLabel('E-post för frågor').fill('ingen adress');
    const wrong = await answerOf(boss, () => boss.getByRole('button', { name: 'Spara' }).click());
    expect.equal(wrong.status(), 422, 'an address that is none');
    await boss.locator('.ds-error-summary:focus').waitFor();
    await look(boss);
    await boss.getByLabel('Vem som svarar för webbplatsen').fill(who);
    await boss.getByLabel('E-post för frågor').fill('fraga@demo.example');
    await boss.getByRole('button', { name: 'Spara' }).click();
    await boss.getByRole('status').getByText('Sparat').waitFor();

    // The text itself: seen before it is saved.
    await boss.goto('/site/accessibility/sv');
    const text = boss.getByLabel('Texten', { exact: true });
    await text.fill(`${(await text.inputValue()).replace(/\n+Prövat av .*$/, '')}\n\nPrövat av ${who} själva.`);
    const preview = await answerOf(boss, () => boss.getByRole('button', { name: 'Förhandsgranska' }).click());
    expect.equal(preview.status(), 200, 'the preview');
    await boss.locator('#preview').getByText(`Prövat av ${who} själva.`).waitFor();
    await look(boss);
    if (javaScriptEnabled) expect.equal(await html(await preview.text()), [], 'the preview, as HTML');
    await boss.getByRole('button', { name: 'Spara' }).click();
    await boss.getByRole('status').getByText('Sparat').waitFor();

    await visitor.goto('/sign-in');
    await visitor.getByRole('contentinfo').getByRole('link', { name: 'Tillgänglighet' }).click();
    await visitor.getByText(`Den som svarar för tjänsten är ${who}.`).waitFor();
    await visitor.getByText(`Prövat av ${who} själva.`).waitFor();

    // The visitor writes about this page, with a mistake first.
    await visitor.getByRole('contentinfo').getByRole('link', { name: 'Lämna en synpunkt' }).click();
    await visitor.getByLabel('Något är svårt att använda eller läsa').check();
    await visitor.getByRole('textbox', { name: 'Berätta' }).fill('Min mor, 850101-1234, ser inte knappen.');
    const refused = await answerOf(visitor, () => visitor.getByRole('button', { name: 'Skicka' }).click());
    expect.equal(refused.status(), 422, 'a text with a personal number');
    await visitor.locator('.ds-error-summary:focus').waitFor();
    expect(await visitor.getByLabel('Något är svårt att använda eller läsa').isChecked(), 'the kind that was chosen is kept');
    await look(visitor);
    await visitor.getByRole('textbox', { name: 'Berätta' }).fill(`Min mor ser inte knappen (${who}).`);
    await visitor.getByLabel(/Telefon eller e-post/).fill('070-174 06 05');
    await visitor.getByRole('button', { name: 'Skicka' }).click();
    await visitor.getByRole('heading', { name: 'Tack, vi har fått det' }).waitFor();
    await look(visitor);
    const reference = await visitor.locator('main strong').textContent();

    await boss.goto('/');
    await boss.getByRole('link', { name: /^Läs.*Någon har skrivit till er/ }).click();
    await boss.getByRole('link', { name: reference }).click();
    await boss.getByText('/accessibility', { exact: true }).waitFor();
    await boss.getByLabel('På telefon').check();
    await boss.getByLabel('Ditt svar').fill('Jag ringde och visade var den är.');
    await boss.getByRole('button', { name: 'Spara svaret' }).click();
    await boss.getByRole('status').getByText('Svaret är sparat').waitFor();
    await boss.getByRole('heading', { name: 'Besvarad: på telefon' }).waitFor();
    await boss.getByRole('button', { name: 'Avsluta synpunkten' }).click();
    await boss.getByRole('button', { name: 'Öppna igen' }).waitFor();
    await look(boss);

    // Help on the page, in the coordinator's words.
    await boss.getByRole('contentinfo').getByRole('link', { name: 'Hjälp om den här sidan' }).click();
    await boss.getByRole('heading', { name: 'Synpunkter som kommit in' }).waitFor();
  }
}
