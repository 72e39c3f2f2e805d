// The gallery's pages: every part of the style sheet at least once, with long and short words.
// All people and places of work in them are made up.
import { frame } from './frame.mjs';

const tag = (color, text) => `<span class="ds-tag" data-color="${color}">${text}</span>`;
const crumbs = (parent, here) => `<nav class="ds-breadcrumbs" aria-label="Du är här"><a class="ds-link" href="#">${parent}</a><ol><li><a class="ds-link" href="#">${parent}</a></li><li><a class="ds-link" href="#" aria-current="page">${here}</a></li></ol></nav>`;

function step(n, current, off) {
  const state = n < current ? 'genomförd' : n === current ? 'nästa' : n === off ? 'inställd' : 'planerad';
  const words = `<span class="hv-visually-hidden">Träff </span>${n}<span class="hv-visually-hidden">, ${state}</span>`;
  if (n === current) return `<li aria-current="step"><span class="hv-step">${words}</span></li>`;
  if (n < current) return `<li data-state="done"><a class="hv-step" href="#s${n}">${words}</a></li>`;
  return `<li${n === off ? ' data-state="off"' : ''}><a class="hv-step" href="#s${n}">${words}</a></li>`;
}

function steps(id, count, current, title, off = 0) {
  const items = Array.from({ length: count }, (_, i) => step(i + 1, current, off)).join('');
  return `<section class="hv-card" aria-labelledby="${id}"><div class="hv-steps-head"><h2 id="${id}" class="ds-heading" data-size="xs">Träff ${current} av ${count}</h2><p class="hv-steps-title">${title}</p></div><ol class="hv-steps">${items}</ol></section>`;
}

const home = frame({
  title: 'Översikt', here: 'Översikt', strip: 'Det här är en demonstration. Alla människor i den är påhittade.',
  body: `<div class="hv-head"><h1 class="ds-heading" data-size="lg">God morgon, Karin</h1><p class="hv-facts-line">Tre saker behöver dig den här veckan.</p></div>
<section class="hv-card" aria-labelledby="needs"><h2 id="needs" class="ds-heading" data-size="sm">Det här behöver dig</h2><ol class="hv-needs">
<li><div><div class="hv-row"><h3>Film från träff 3 är inte uppladdad</h3> ${tag('danger', 'I dag')}</div><p>Handledningen är på torsdag 26 november. Utan film kan den inte räknas.</p></div><a class="ds-button" href="#">Ladda upp filmen</a></li>
<li><div><div class="hv-row"><h3>Närvaron från träff 3 är inte ifylld</h3> ${tag('warning', 'Om två dagar')}</div><p>Växjö, hösten 2026. Åtta deltagare.</p></div><a class="ds-button" data-variant="secondary" href="#">Fyll i närvaron</a></li>
<li><div><div class="hv-row"><h3>Ditt certifikat gäller till 14 december</h3> ${tag('info', 'Om tre veckor')}</div><p>Två av tre filmer är granskade.</p></div><a class="ds-button" data-variant="secondary" href="#">Se vad som saknas</a></li></ol></section>
<dl class="hv-kpi"><div class="hv-card"><dt>Kommuner</dt><dd>46</dd></div><div class="hv-card"><dt>Omgångar i gång</dt><dd>71</dd></div><div class="hv-card"><dt>Deltagare i år</dt><dd>1 538</dd></div><div class="hv-card"><dt>Svar på enkäten</dt><dd>84 %</dd></div></dl>
<div class="hv-grid"><div class="hv-card"><h2 id="mine" class="ds-heading" data-size="sm">Dina omgångar</h2>
<section class="hv-scroll" tabindex="0" aria-labelledby="mine"><table class="ds-table hv-table hv-cards"><thead><tr><th scope="col">Omgång</th><th scope="col">Läge</th><th scope="col">Status</th></tr></thead><tbody>
<tr><th scope="row"><a class="ds-link hv-row-link" href="#">Växjö, hösten 2026</a></th><td data-label="Läge">Träff 4 av 11</td><td data-label="Status">${tag('success', 'Pågår')}</td></tr>
<tr><th scope="row"><a class="ds-link hv-row-link" href="#">Växjö, våren 2027</a></th><td data-label="Läge">Startar 12 januari</td><td data-label="Status">${tag('info', 'Planerad')}</td></tr></tbody></table></section></div>
<section class="hv-card" aria-labelledby="next"><h2 id="next" class="ds-heading" data-size="sm">Nästa träff</h2><p>Tisdag 24 november kl. 17.30 på Familjecentralen Söder.</p><a class="ds-button" data-variant="secondary" href="#">Öppna träff 4</a></section></div>`,
});

const round = frame({
  title: 'Växjö, hösten 2026', here: 'Omgångar',
  body: `<div class="ds-alert" data-color="success" role="status"><p class="ds-paragraph">Omgången är sparad.</p></div>
<div class="hv-head">${crumbs('Omgångar', 'Växjö, hösten 2026')}<div class="row"><h1 class="ds-heading" data-size="lg">Växjö, hösten 2026</h1> ${tag('success', 'Pågår')} ${tag('warning', 'Film saknas')}</div><p class="hv-facts-line">Tisdagar 17.30–19.30 på Familjecentralen Söder. Åtta deltagare, två ledare.</p><div class="hv-row hv-actions"><a class="ds-button" data-variant="secondary" href="#">Ändra omgången</a></div></div>
${steps('st1', 11, 4, 'Att förstå vad som ligger bakom ett beteende')}
<div class="ds-alert" data-color="warning"><h2 class="ds-heading" data-size="2xs">Film från träff 3 är inte uppladdad</h2><p class="ds-paragraph">Handledningen är på torsdag 26 november. Ladda upp filmen senast onsdag.</p></div>
<div class="hv-grid"><div class="hv-stack"><nav class="hv-tabs" aria-label="Omgångens delar"><ul><li><a href="#" aria-current="page">Närvaro</a></li><li><a href="#">Material</a></li><li><a href="#">Film</a></li><li><a href="#">Enkäter</a></li></ul></nav>
<section class="hv-scroll" tabindex="0" aria-labelledby="att"><table class="ds-table hv-table hv-cards" data-border><caption id="att">Närvaro</caption><thead><tr><th scope="col">Deltagare</th><th scope="col">Träff 1</th><th scope="col">Träff 2</th><th scope="col">Träff 3</th><th scope="col">Träff 4</th></tr></thead><tbody>
<tr><th scope="row">Ahmadi</th><td data-label="Träff 1">Ja</td><td data-label="Träff 2">Ja</td><td data-label="Träff 3">Ja</td><td data-label="Träff 4"><label class="hv-visually-hidden" for="a1">Ahmadi, träff 4</label><select id="a1" class="ds-input"><option>Närvarande</option><option>Frånvarande</option></select></td></tr>
<tr><th scope="row">Bergström</th><td data-label="Träff 1">Ja</td><td data-label="Träff 2">Nej</td><td data-label="Träff 3">Ja</td><td data-label="Träff 4">${tag('success', 'Närvarande')}</td></tr>
<tr><th scope="row">Tesfay</th><td data-label="Träff 1">Ja</td><td data-label="Träff 2">Ja</td><td data-label="Träff 3">Ja</td><td data-label="Träff 4">${tag('danger', 'Frånvarande')}</td></tr></tbody></table></section></div>
<div class="hv-stack"><section class="hv-card" aria-labelledby="sup"><h2 id="sup" class="ds-heading" data-size="sm">Nästa handledning</h2><p>Torsdag 26 november kl. 10.00 med Eva Holm.</p><button class="ds-button" command="show-modal" commandfor="dlg" type="button">Boka om</button><a class="ds-button" data-variant="secondary" href="#">Se filmkommentarer <span class="ds-badge" data-color="danger" data-count="3"></span></a></section>
<section class="hv-card" aria-labelledby="facts"><h2 id="facts" class="ds-heading" data-size="sm">Om omgången</h2><dl class="hv-facts" data-layout="stacked"><div><dt>Ledare</dt><dd>Karin Lindqvist och Johan Ek</dd></div><div><dt>Variant</dt><dd>Föräldragrupp</dd></div><div><dt>Programversion</dt><dd>2024-08</dd></div></dl></section></div></div>
<dialog class="ds-dialog" id="dlg" aria-labelledby="dlg-h" closedby="any"><button class="ds-button" data-variant="tertiary" data-icon command="close" commandfor="dlg" aria-label="Stäng" type="button"></button><div class="hv-dialog-body"><h2 class="ds-heading" data-size="xs" id="dlg-h">Boka om handledningen?</h2><p class="ds-paragraph">Eva Holm får ett meddelande när du väljer en ny tid.</p><form method="post" action="#"><div class="hv-form-end"><button class="ds-button" type="submit">Välj ny tid</button></div></form></div></dialog>`,
});

const places = [['Botkyrka', 'Familjehuset Fittja', 'Startar 12 januari', 'info', 'Planerad', 8], ['Gotland', 'Visborgsslätt', 'Slutrapport saknas', 'warning', 'Väntar', 11], ['Upplands Väsby', 'Familjecentralen Väsby Nedra med lekrum', 'Träff 2 av 11', 'success', 'Pågår', 12], ['Växjö', 'Familjecentralen Söder', 'Träff 4 av 11', 'success', 'Pågår', 8], ['Östersund', 'Odensala', 'Avslutad 3 juni', 'neutral', 'Avslutad', 14]];

const list = frame({
  title: 'Omgångar', here: 'Omgångar',
  body: `<div class="hv-head"><h1 class="ds-heading" data-size="lg">Omgångar</h1><p class="hv-facts-line">71 omgångar är i gång i 46 kommuner. Fyra behöver någon den här veckan.</p><div class="hv-row hv-actions"><a class="ds-button" href="#">Ny omgång</a></div></div>
<form class="hv-card" method="get" role="search" aria-label="Filtrera omgångar"><div class="hv-filter"><div class="ds-field hv-wide"><label class="ds-label" for="q">Sök kommun eller plats</label><input class="ds-input" type="search" id="q" name="q"></div><div class="ds-field"><label class="ds-label" for="status">Status</label><select class="ds-input" id="status" name="status"><option value="">Alla</option><option>Pågår</option></select></div><div class="ds-field"><label class="ds-label" for="year">År</label><select class="ds-input" id="year" name="year"><option value="">Alla</option><option>2026</option></select></div><div class="hv-row"><button class="ds-button" type="submit">Visa</button> <a class="ds-button" data-variant="tertiary" href="#">Rensa</a></div></div></form>
<div class="hv-stack"><div class="hv-toolbar"><p>Visar 51–100 av 1 204 omgångar</p><ul><li><a class="ds-link" href="#">CSV</a></li><li><a class="ds-link" href="#">Excel</a></li><li><button type="button" class="hv-plain-button" data-hv-print hidden>Skriv ut</button></li></ul></div>
<section class="hv-scroll" tabindex="0" aria-labelledby="rounds"><table class="ds-table hv-table hv-cards" data-border><caption id="rounds" class="hv-visually-hidden">Omgångar</caption><thead><tr><th scope="col" aria-sort="ascending"><a class="hv-sort" href="#">Kommun</a></th><th scope="col">Plats</th><th scope="col"><a class="hv-sort" href="#">Läge</a></th><th scope="col" class="hv-number">Deltagare</th><th scope="col">Status</th></tr></thead><tbody>
${places.map(([name, place, at, color, word, count]) => `<tr><th scope="row"><a class="ds-link hv-row-link" href="#">${name}</a></th><td data-label="Plats">${place}</td><td data-label="Läge">${at}</td><td data-label="Deltagare" class="hv-number">${count}</td><td data-label="Status">${tag(color, word)}</td></tr>`).join('\n')}</tbody></table></section>
<nav class="hv-pager" aria-label="Sidor"><a class="ds-button" data-variant="secondary" rel="prev" href="#">Föregående</a> <span>Sida 2 av 25</span> <a class="ds-button" data-variant="secondary" rel="next" href="#">Nästa</a></nav></div>`,
});

const empty = frame({
  title: 'Omgångar', here: 'Omgångar',
  body: `<div class="hv-head"><h1 class="ds-heading" data-size="lg">Omgångar</h1><p class="hv-facts-line">Ingen omgång är i gång.</p></div><div class="hv-empty"><h2 class="ds-heading" data-size="sm">Inga omgångar än</h2><p>När en kommun planerar sin första omgång står den här. Du kan också lägga upp den åt dem.</p><a class="ds-button" href="#">Skapa en omgång</a></div>`,
});

const form = frame({
  title: 'Ny omgång', here: 'Omgångar',
  body: `<div class="hv-head">${crumbs('Omgångar', 'Ny omgång')}<h1 class="ds-heading" data-size="lg">Ny omgång</h1></div>
<div class="hv-card"><form class="hv-form" method="post" action="#" novalidate data-hv-guard><div class="ds-error-summary" tabindex="-1" role="group" aria-labelledby="wrong"><h2 id="wrong" class="ds-heading" data-size="2xs">Rätta till det här</h2><ul><li><a class="ds-link" href="#start">Skriv startdagen som år-månad-dag, till exempel 2027-01-12</a></li><li><a class="ds-link" href="#variant">Välj en variant</a></li></ul></div>
<div class="ds-field"><label class="ds-label" for="place">Plats</label><p id="place-hint" data-field="description">Det namn som deltagarna känner igen.</p><input class="ds-input" id="place" name="place" value="Familjecentralen Söder" aria-describedby="place-hint"></div>
<div class="hv-pair"><div class="ds-field"><label class="ds-label" for="start">Första träffen</label><input class="ds-input" type="text" id="start" name="start" value="12/1" aria-invalid="true" aria-describedby="start-error"><p id="start-error" class="ds-validation-message" data-field="validation">Skriv startdagen som år-månad-dag, till exempel 2027-01-12</p></div><div class="ds-field"><label class="ds-label" for="time">Klockslag</label><input class="ds-input" type="time" id="time" name="time" value="17:30"></div></div>
<div class="ds-field"><label class="ds-label" for="variant">Variant</label><select class="ds-input" id="variant" name="variant" aria-invalid="true" aria-describedby="variant-error"><option value="">Välj</option><option>Föräldragrupp</option></select><p id="variant-error" class="ds-validation-message" data-field="validation">Välj en variant</p></div>
<fieldset class="ds-fieldset"><legend class="ds-label">Språk i gruppen</legend><div class="ds-field"><input class="ds-input" type="radio" name="l" id="l-sv" value="sv" checked><label class="ds-label" data-weight="regular" for="l-sv">Svenska</label></div><div class="ds-field"><input class="ds-input" type="radio" name="l" id="l-so" value="so"><label class="ds-label" data-weight="regular" for="l-so"><span lang="so">Soomaali</span> (somaliska)</label></div></fieldset>
<fieldset class="ds-fieldset"><legend class="ds-label">Det här finns på plats</legend><div class="ds-field"><input class="ds-input" type="checkbox" name="x" id="x-1" value="1" checked><label class="ds-label" data-weight="regular" for="x-1">Barnpassning</label></div><div class="ds-field"><input class="ds-input" type="checkbox" name="x" id="x-2" value="2"><label class="ds-label" data-weight="regular" for="x-2">Tolk</label></div></fieldset>
<ds-field class="ds-field"><label class="ds-label" for="note">Anteckning <span class="hv-optional">(frivilligt)</span></label><textarea class="ds-input" id="note" name="note" rows="4"></textarea><p data-field="counter" data-limit="200"></p></ds-field>
<div class="hv-form-end"><button class="ds-button" type="submit">Spara omgången</button> <a class="ds-button" data-variant="tertiary" href="#">Avbryt</a></div></form></div>`,
});

const signin = frame({
  title: 'Logga in', signedIn: false, narrow: true,
  body: `<section class="hv-card" aria-labelledby="in"><h1 id="in" class="ds-heading" data-size="lg">Logga in</h1><p>Hemvist är för dig som leder, handleder eller samordnar.</p><form class="hv-form" method="post" action="#"><div class="ds-field"><label class="ds-label" for="mail">E-post</label><input class="ds-input" type="email" id="mail" name="mail" autocomplete="username"></div><div class="hv-form-end"><button class="ds-button" type="submit">Fortsätt</button></div></form></section>`,
});

const gone = frame({
  title: 'Sidan finns inte',
  body: `<div class="hv-message"><h1 class="ds-heading" data-size="lg">Sidan finns inte</h1><p>Adressen kan vara felskriven, eller så har du inte längre tillgång till det som fanns här.</p><p class="hv-quiet hv-small">Ärende <span class="hv-code">01937f2c-9a41-7c3e-8f00-5d1b2c3a4e5f</span></p><a class="ds-button" href="#">Till översikten</a></div>`,
});

const parts = frame({
  title: 'Delar', here: 'Statistik',
  body: `<div class="hv-head"><h1 class="ds-heading" data-size="lg">Delar</h1><p class="hv-facts-line">Det som inte syns på de andra sidorna.</p></div>
${steps('st2', 6, 3, 'Kort titel', 5)}${steps('st3', 14, 9, 'Alla känslor är tillåtna men inte alla handlingar')}
<div class="hv-row">${['success', 'info', 'warning', 'danger', 'neutral', 'brand1', 'brand2'].map((c) => tag(c, `Ord ${c}`)).join(' ')}</div>
<div class="hv-halves"><section class="hv-card" aria-labelledby="f"><h2 id="f" class="ds-heading" data-size="sm">Uppgifter</h2><dl class="hv-facts"><div><dt>Kommun</dt><dd>Växjö</dd></div><div><dt>Kontaktperson på kommunen</dt><dd>Samuel Norén, samuel.noren@exempel.se</dd></div></dl></section>
<section class="hv-card" aria-labelledby="h"><h2 id="h" class="ds-heading" data-size="sm">Vad som har hänt</h2><ol class="hv-history"><li><span>Träff 3 genomförd</span><time datetime="2026-11-17">17 november</time></li><li><span>Film uppladdad</span><time datetime="2026-11-18">18 november</time></li></ol></section></div>
<div class="ds-alert" data-color="danger"><h2 class="ds-heading" data-size="2xs">Filmen gick inte att läsa</h2><p class="ds-paragraph">Prova att ladda upp den igen.</p></div><div class="ds-alert" data-color="info"><p class="ds-paragraph">En ny version av programmet gäller från 1 januari.</p></div>
<div class="hv-card"><h2 id="num" class="ds-heading" data-size="sm">En tabell med tal rullar i sin ruta</h2><section class="hv-scroll" tabindex="0" aria-labelledby="num"><table class="ds-table hv-table"><thead><tr><th scope="col">Kommun</th>${[2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026].map((y) => `<th scope="col" class="hv-number">${y}</th>`).join('')}</tr></thead><tbody><tr><th scope="row">Växjö</th>${[2, 3, 5, 4, 6, 8, 9, 11].map((n) => `<td class="hv-number">${n}</td>`).join('')}</tr></tbody></table></section></div>
<p class="hv-small" lang="ar" dir="rtl">العربية</p><p class="hv-small" lang="ti">ትግርኛ</p><p class="hv-small" lang="uk">Українська</p>`,
});

const rtl = frame({
  title: 'من اليمين', here: 'Omgångar', lang: 'ar', dir: 'rtl',
  body: `<div class="hv-head">${crumbs('Omgångar', 'Växjö')}<h1 class="ds-heading" data-size="lg">كم مرة تمدحين طفلك؟</h1><p class="hv-facts-line">فكّري في الأسبوعين الماضيين.</p></div>${steps('st4', 11, 4, 'كل سلوك له معنى')}
<section class="hv-card" aria-labelledby="needs"><h2 id="needs" class="ds-heading" data-size="sm">كل يوم</h2><ol class="hv-needs"><li><div><h3>غالباً</h3><p>أحياناً</p></div><a class="ds-button" href="#">التالي</a></li></ol></section>`,
});

export const pages = { home, round, list, empty, form, signin, gone, parts, rtl };
