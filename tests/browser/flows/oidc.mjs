import { createServer } from 'node:http';
import { accessibility } from '../lib/checks.mjs';

// A real OpenID provider, which this flow starts: its own pages ask who comes. What it says of a person is changed on the way.
export const name = 'somebody signs in through their organisation, gets a role by a claim, and loses it with the claim';

const secret = 'en-hemlighet-till-prov';
const client = 'hemvist-prov';

/** Starts a provider on a free port; groups is what it says of everybody. */
async function start(base, groups) {
  const { default: Provider } = await import('oidc-provider'); // here, so that other flows run where it is not installed
  const server = createServer();
  await new Promise((ready) => server.listen(0, 'localhost', ready));
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [`${base}/sign-in/oidc/callback`], response_types: ['code'], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@vaxjo.example`, email_verified: true, name: 'Elin Utkastsson', groups: [...groups] }),
    }),
  });
  server.on('request', provider.callback());
  return { issuer, stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

/** Chooses the organisation, and says at the provider who one is. */
async function signInThere(page, issuer) {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Fortsätt till organisationens inloggning' }).click();
  await page.waitForURL(`${issuer}/**`);
  await page.locator('input[name=login]').fill('elin');
  await page.locator('input[name=password]').fill('prov');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function connect(page, issuer, expect) {
  await page.goto('/demo/administrator');
  await page.getByRole('button', { name: 'Gå in' }).click();
  await page.getByRole('link', { name: 'Organisationens inloggning' }).click();
  await page.getByLabel('Medarbetarna kan logga in via organisationen').check();
  await page.getByLabel('Leverantörens adress').fill(issuer);
  await page.getByLabel('Klient-id').fill(client);
  await page.getByLabel('Lägg till medarbetare som inte finns').check();
  const first = page.locator('#rule-1');
  await first.getByLabel('Uppgift').fill('groups');
  await first.getByLabel('Värde').fill('ledare');
  await first.getByLabel('Ger rollen').selectOption({ label: 'Gruppledare' });
  await first.getByLabel('Nämnd').selectOption({ label: 'Socialnämnden' });
  await first.getByLabel('Program').selectOption({ label: 'Connect' });
  await page.getByRole('button', { name: 'Prova adressen' }).click();
  await page.getByText('Leverantören svarar som den ska').waitFor();
  expect.equal(await first.getByLabel('Värde').inputValue(), 'ledare', 'what was typed, after the address was tried');
  await page.getByLabel('Klienthemlighet').fill(secret);
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByText('Inloggningen via organisationen är sparad och på').waitFor();
}

// Switched off again, so that the sign-in page of later checks is as it was.
async function disconnect(page) {
  await page.getByLabel('Medarbetarna kan logga in via organisationen').uncheck();
  await page.getByRole('button', { name: 'Spara' }).click();
  await page.getByText('Inloggningen via organisationen är sparad och av').waitFor();
}

export async function run({ browser, base, signIn, expect }) {
  const groups = ['alla', 'ledare'];
  const { issuer, stop } = await start(base, groups);
  const contexts = [];
  // These browsers leave our pages for the provider's, so they are not watched for requests to others.
  const open = async () => {
    const context = await browser.newContext({ baseURL: base, locale: 'sv-SE' });
    contexts.push(context);
    return context.newPage();
  };
  try {
    const boss = await signIn('', { language: 'sv' });
    await connect(boss.page, issuer, expect);

    const page = await open();
    await signInThere(page, issuer);
    await page.waitForURL(`${base}/`);
    expect.equal((await page.locator('.hv-user-role').first().textContent()).trim(), 'Gruppledare, Växjö kommun', 'signed in as');
    await page.goto('/me/sign-in');
    await page.getByRole('heading', { name: 'Via Växjö kommun' }).waitFor();

    groups.length = 1; // no longer a leader, says the provider
    const again = await open();
    await signInThere(again, issuer);
    await again.getByRole('heading', { name: 'Det gick inte att logga in' }).waitFor();
    expect.equal((await accessibility(again)).map((p) => p.text), [], 'problems on the page of a refusal');
    await page.goto('/rounds');
    expect(new URL(page.url()).pathname === '/sign-in', `the role has ended, and the page is ${page.url()}`);

    await disconnect(boss.page);
  } finally {
    for (const context of contexts) await context.close();
    await stop();
  }
}
