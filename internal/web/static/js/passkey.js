// Passkeys. A form that asks for one is filled in by the browser and then sent as any other form: the house answers with a page.
// Nothing is stored here, and without this file the page says how to get in by code.
(() => {
  'use strict';
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  // Options and answers travel as JSON with bytes in base64url; not every browser that has passkeys reads them itself.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    let out = '';
    for (const b of new Uint8Array(buffer)) out += String.fromCharCode(b);
    return btoa(out).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };
  const opened = (options) => {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of ['excludeCredentials', 'allowCredentials']) {
      for (const key of options[list] ?? []) key.id = bytes(key.id);
    }
    return options;
  };
  const closed = (key) => {
    const response = {};
    for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    if (key.response.getTransports) response.transports = key.response.getTransports();
    return JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, response,
      authenticatorAttachment: key.authenticatorAttachment ?? undefined, clientExtensionResults: key.getClientExtensionResults(),
    });
  };

  // What a refusal means, in the words that the form carries.
  const why = (form, err) => {
    if (err.name === 'NotAllowedError' || err.name === 'AbortError') return form.dataset.hvCancelled;
    if (err.name === 'InvalidStateError') return form.dataset.hvExists;
    return form.dataset.hvFailed;
  };

  // What is said stands last in the form, and is read aloud because it comes.
  const say = (form, words) => {
    form.querySelector('[role="alert"]')?.remove();
    if (!words) return;
    const p = Object.assign(document.createElement('p'), { className: 'ds-validation-message', textContent: words });
    p.setAttribute('role', 'alert');
    p.setAttribute('data-field', 'validation');
    form.append(p);
  };

  const ask = async (form) => {
    const begun = await fetch(form.dataset.hvBegin, { method: 'POST', cache: 'no-store' });
    if (begun.status === 401 || begun.status === 403) { // signed out, or no longer fresh: the page says so
      window.location.reload();
      return '';
    }
    if (begun.status === 429) throw Object.assign(new Error(), { words: form.dataset.hvMany });
    if (!begun.ok) throw new Error(`status ${begun.status}`);
    const publicKey = opened(await begun.json());
    const does = form.dataset.hvPasskey;
    return closed(does === 'create' ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey }));
  };

  const onSubmit = async (event) => {
    const form = event.target;
    // What lacks a name, or has its answer already, is for the house to look at.
    if (form.elements.answer.value || form.elements.name?.value?.trim() === '') return;
    event.preventDefault();
    const button = form.querySelector('button[type="submit"]');
    say(form, '');
    button.disabled = true;
    try {
      form.elements.answer.value = await ask(form);
      if (form.elements.answer.value) form.submit();
    } catch (err) {
      say(form, err.words ?? why(form, err));
    } finally {
      button.disabled = false;
    }
  };

  for (const form of document.querySelectorAll('form[data-hv-passkey]')) {
    form.addEventListener('submit', onSubmit);
    form.closest('[data-hv-passkey-part]').hidden = false;
  }
  window.addEventListener('pageshow', (event) => { // come back to by the browser's own button, with an answer that is used up
    if (!event.persisted) return;
    for (const form of document.querySelectorAll('form[data-hv-passkey]')) form.elements.answer.value = '';
  });
  for (const none of document.querySelectorAll('[data-hv-passkey-none]')) none.hidden = true;
  // A refused form takes focus for its summary; it was hidden until now.
  document.querySelector('[data-hv-passkey-part] .ds-error-summary')?.focus();
})();
