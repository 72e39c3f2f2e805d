// Small helps on top of pages that work without any script.
// Nothing that people type is stored in the browser: it is secret, and computers are shared. What attendance.js keeps has no names.
(() => {
  'use strict';
  const root = document.documentElement;

  // Designsystemet's components have built-in Norwegian words. This file runs before them
  // (both are deferred, in order), so that they find translated ones: <html data-ds-over="…">.
  const labels = [
    ['[data-field="counter"]', 'data-over', root.dataset.dsOver],
    ['[data-field="counter"]', 'data-under', root.dataset.dsUnder],
    ['ds-suggestion', 'data-sr-found', root.dataset.dsFound],
    ['ds-suggestion', 'data-sr-remove', root.dataset.dsRemove],
    ['ds-suggestion', 'data-sr-clear', root.dataset.dsClear],
    ['ds-suggestion', 'data-sr-empty', root.dataset.dsEmpty],
    ['ds-suggestion', 'data-sr-toggle', root.dataset.dsToggle],
    ['.ds-chip[data-removable]', 'aria-label', root.dataset.dsRemove],
  ];
  const localise = (within) => {
    for (const [selector, name, text] of labels) {
      if (!text) continue;
      for (const el of within.querySelectorAll(selector)) {
        if (!el.hasAttribute(name)) el.setAttribute(name, text);
      }
    }
  };

  // The first thing to read after a refused form is what to put right.
  const focusSummary = (within) => {
    const summary = within.querySelector('.ds-error-summary');
    if (!summary) return;
    if (!summary.hasAttribute('tabindex')) summary.setAttribute('tabindex', '-1');
    summary.focus();
  };

  // A form that asks for it (data-hv-guard) warns before typed text is lost.
  const changed = new WeakSet();
  let sending = false;
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[data-hv-guard]');
    if (form) changed.add(form);
  });
  document.addEventListener('submit', () => { sending = true; });
  window.addEventListener('pageshow', () => { sending = false; });
  window.addEventListener('beforeunload', (event) => {
    if (sending) return;
    for (const form of document.querySelectorAll('form[data-hv-guard]')) {
      if (changed.has(form)) event.preventDefault();
    }
  });

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-hv-print]')) window.print();
  });

  // Without script these would do nothing, so the page hides them until now.
  const reveal = (within) => {
    for (const el of within.querySelectorAll('[data-hv-print][hidden]')) el.hidden = false;
  };

  const start = (within) => {
    localise(within);
    reveal(within);
    focusSummary(within);
  };
  start(document);
  document.addEventListener('htmx:load', (event) => {
    if (event.detail.elt !== document.body) start(event.detail.elt);
  });
})();
