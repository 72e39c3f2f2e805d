export const name = 'the language changes and the page stays';

export async function run({ signIn, expect }) {
  for (const javaScriptEnabled of [true, false]) {
    for (const role of ['leader', '']) {
      const { page } = await signIn(role, { language: 'sv', javaScriptEnabled });
      const path = role ? '/rounds?q=v%C3%A4xj%C3%B6&sort=name' : '/sign-in?next=%2Frounds';
      await page.goto(path);
      const title = await page.title();
      for (const [language, button] of [['en', 'English'], ['sv', 'Svenska']]) {
        if (role) await page.locator('.hv-user').click();
        await page.getByRole('button', { name: button }).click();
        await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
        const url = new URL(page.url());
        expect.equal(url.pathname + url.search, path, `the address in ${language}`);
        expect.equal(await page.title() === title, language === 'sv', `the title is another in ${language} than in Swedish`);
      }
    }
  }
}
