// The frame of a gallery page: what the product's layout writes around a page.
const mark = `<svg viewBox="0 0 28 28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"><path d="M4 13 14 4l10 9v11H4z"/><path d="M14 20c-3-2-4.5-3.6-4.5-5.3 0-2.8 3.5-3 4.5-.7 1-2.3 4.5-2.1 4.5.7 0 1.7-1.5 3.3-4.5 5.3z"/></svg>`;

export const styles = ['third_party/theme.css', 'third_party/designsystemet.css', 'css/fonts.css', 'css/hemvist.css',
  'css/bar.css', 'css/steps.css', 'css/parts.css', 'css/list.css', 'css/form.css', 'css/print.css'];
export const scripts = ['js/hemvist.js', 'third_party/designsystemet.js', 'third_party/htmx.min.js'];

const langs = (back) => `<form method="post" action="/language"><input type="hidden" name="back" value="${back}"><fieldset class="hv-langs"><legend>Språk</legend><button type="submit" name="lang" value="sv" lang="sv" aria-pressed="true">Svenska</button> <button type="submit" name="lang" value="en" lang="en" aria-pressed="false">English</button></fieldset></form>`;

const rooms = ['Översikt', 'Omgångar', 'Människor', 'Behörigheter', 'Statistik'];

const menus = (here) => `<button type="button" class="hv-menu-button" popovertarget="hv-rooms">Meny</button>
<nav id="hv-rooms" class="hv-menu hv-nav-panel" popover="auto" aria-label="Huvudmeny"><ul class="hv-nav">${rooms.map((room) => `<li><a href="#"${room === here ? ' aria-current="page"' : ''}>${room}</a></li>`).join('')}</ul></nav>
<button type="button" class="hv-user" popovertarget="hv-person"><span><span class="hv-user-name">Karin Lindqvist</span> <span class="hv-user-role">Ledare, Växjö</span></span></button>
<div id="hv-person" class="hv-menu hv-user-menu" popover="auto"><p class="hv-menu-head"><strong>Karin Lindqvist</strong> <span>Ledare i Växjö kommun</span></p>
${langs('/')}<form method="post" action="/sign-out"><button class="ds-button" data-variant="secondary" type="submit">Logga ut</button></form></div>`;

/** Writes a whole page. signedIn false gives the bar before sign-in. */
export function frame({ title, here = '', lang = 'sv', dir = '', signedIn = true, strip = '', narrow = false, body }) {
  return `<!doctype html>
<html lang="${lang}"${dir ? ` dir="${dir}"` : ''} data-color-scheme="auto" data-ds-over="%d tecken för mycket" data-ds-under="%d tecken kvar">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content='{"historyCacheSize":0,"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true}'>
<title>${title} – Hemvist</title>
<link rel="icon" type="image/svg+xml" href="/static/gallery/img/hemvist.svg">
${styles.map((s) => `<link rel="stylesheet" href="/static/gallery/${s}">`).join('\n')}
${scripts.map((s) => `<script defer src="/static/gallery/${s}"></script>`).join('\n')}
</head>
<body>
<a class="ds-skip-link" href="#main">Hoppa till innehållet</a>
<header class="hv-bar"><div><a class="hv-logo" href="/">${mark}Hemvist</a>
${signedIn ? menus(here) : langs('/')}</div>${strip ? `<div class="hv-strip"><p>${strip}</p></div>` : ''}</header>
<main id="main" tabindex="-1"${narrow ? ' class="hv-narrow"' : ''}>
${body}
</main>
<footer class="hv-foot"><div><span>Hemvist 0.1</span> <a href="#">Tillgänglighet</a> <a href="#">Så hanterar vi uppgifter</a></div></footer>
</body>
</html>
`;
}
