// Ticks that survive a lost network. Each is kept on the device the moment it is made, sent under a name of its own, and let go of when the
// house has answered for it. Only pseudonymous ids and marks are kept, never a name, and each is sent by the person who made it alone.
// Without this file the page is an ordinary form.
(() => {
  'use strict';
  const PREFIX = 'hemvist.attendance.';
  const form = document.querySelector('form[data-hv-attendance]');
  const waiting = document.querySelector('[data-hv-waiting]');

  // What is kept of a session: {person, page, n, marks: {participant: {mark, seen, request}}, number: {present, seen, request}, said: {held, led}}.
  // number is how many came, of a group that keeps counts only.
  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; }
  };
  const write = (key, kept) => {
    try {
      if (count(kept)) localStorage.setItem(PREFIX + key, JSON.stringify(kept));
      else localStorage.removeItem(PREFIX + key);
    } catch { /* full, or forbidden: it is still sent from this page */ }
  };
  const keys = () => {
    try {
      return Object.keys(localStorage).filter((k) => k.startsWith(PREFIX)).map((k) => k.slice(PREFIX.length));
    } catch { return []; }
  };
  const count = (kept) => Object.keys(kept.marks).length + (kept.number ? 1 : 0) + (kept.said ? 1 : 0);
  const action = (key) => `/rounds/${key.split('/')[0]}/sessions/${key.split('/')[1]}/attendance`;

  // send hands over what is kept and tells how that went: sent, later, out (signed out) or refused.
  const send = async (key, kept) => {
    const body = new URLSearchParams({ person: kept.person });
    const sent = new Map();
    for (const [who, m] of Object.entries(kept.marks)) {
      if (sent.size === 200) break;
      sent.set(who, m.request);
      body.set(`mark.${who}`, m.mark);
      body.set(`seen.${who}`, m.seen);
      body.set(`request.${who}`, m.request);
    }
    const { number, said } = kept;
    if (number) {
      body.set('count', number.present);
      body.set('seen', number.seen);
      body.set('request.count', number.request);
    }
    if (said?.held) {
      body.set('held', 'yes');
      for (const id of said.led) body.append('led', id);
    }
    let answer;
    let told;
    try {
      answer = await fetch(action(key), {
        method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'manual', cache: 'no-store', signal: AbortSignal.timeout(20000),
      });
      if (answer.status === 401 || answer.type === 'opaqueredirect') return { how: 'out' };
      if (answer.status >= 500 || answer.status === 429) return { how: 'later' };
      if (!answer.headers.get('Content-Type')?.startsWith('application/json')) return { how: 'refused', text: '' };
      told = await answer.json();
    } catch {
      return { how: 'later' };
    }
    if (told.error) return { how: 'refused', text: told.error };
    return { how: 'sent', taken: told.taken, number: told.count, sent, said };
  };

  if (form) page();
  else if (waiting) elsewhere();

  // page is the page on which one ticks.
  function page() {
    const key = form.dataset.hvAttendance;
    const state = form.querySelector('[data-hv-state]');
    const rows = new Map([...form.querySelectorAll('[data-hv-who]')].map((el) => [el.dataset.hvWho, el]));
    const words = state?.dataset ?? {};
    let kept = read(key);
    const others = kept && kept.person !== form.dataset.hvPerson;
    if (!kept || others) kept = fresh();
    let busy = false;
    let again = false;
    let timer = 0;
    let stopped = false;
    let leave = false;
    form.querySelector('[data-hv-device]').hidden = false;

    function fresh() {
      return { person: form.dataset.hvPerson, page: form.elements.request.value, n: 1000, marks: {}, number: null, said: null };
    }

    // Somebody else's ticks are not touched: what is marked here is then only kept by this page.
    const save = () => { if (!others) write(key, kept); };

    const show = (text, how) => {
      if (!state) return;
      state.hidden = false;
      state.dataset.state = how;
      const line = state.querySelector('[role=status]');
      if (line.textContent !== text) line.textContent = text;
      state.querySelector('[data-hv-sign-in]').hidden = how !== 'out';
      state.querySelector('[data-hv-clear]').hidden = how !== 'refused' && how !== 'out' && how !== 'other';
    };
    const field = (who, name) => form.elements[`${name}.${who}`];
    const chosen = (row) => row.querySelector('input[type=radio]:checked')?.value ?? '';
    const choose = (row, mark) => {
      for (const radio of row.querySelectorAll('input[type=radio]')) radio.checked = radio.value === mark;
      row.querySelector('button[name=clear]').hidden = !chosen(row);
    };
    const note = (row, text) => {
      const p = row.querySelector('[data-hv-note]');
      p.textContent = text;
      p.hidden = !text;
    };
    const sum = () => {
      const asked = [...rows.values()].filter((row) => !('hvLater' in row.dataset));
      const left = asked.filter((row) => !chosen(row)).length;
      const line = form.querySelector('p[data-hv-sum]');
      if (line) line.textContent = words.hvSum.replace('%of', asked.length).replace('%n', asked.length - left);
    };

    const mark = (who, value) => {
      kept.n += 1;
      kept.marks[who] = { mark: value, seen: kept.marks[who]?.seen ?? field(who, 'seen').value, request: `${kept.page}.${kept.n}` };
      note(rows.get(who), '');
      rows.get(who).querySelector('button[name=clear]').hidden = value === 'unknown';
    };

    // settle takes the house's answer: what it answers for is let go of, unless another mark was made since.
    const settle = (result) => {
      for (const t of result.taken) {
        const row = rows.get(t.participant);
        const mine = kept.marks[t.participant];
        const newer = mine && mine.request !== result.sent.get(t.participant);
        if (!newer) delete kept.marks[t.participant];
        if (!row) continue;
        field(t.participant, 'seen').value = t.id;
        if (newer) {
          if (t.outcome !== 'clash') mine.seen = t.id;
          continue;
        }
        field(t.participant, 'was').value = t.mark;
        choose(row, t.outcome === 'clash' ? '' : t.mark);
        note(row, t.text ?? '');
      }
      if (result.number) {
        const asks = result.number.outcome === 'clash';
        const p = form.querySelector('[data-hv-note]');
        p.textContent = result.number.text ?? '';
        p.hidden = !asks;
        form.elements.seen.value = result.number.id;
        form.elements.count.value = asks ? kept.number.present : result.number.present;
        kept.number = null;
      }
      if (kept.said === result.said) kept.said = null;
    };

    const flush = async () => {
      clearTimeout(timer);
      if (busy) { again = true; return; }
      if (!count(kept)) return;
      busy = true;
      again = false;
      show(words.hvSending, 'sending');
      const result = await send(key, kept);
      busy = false;
      if (result.how === 'sent') {
        settle(result);
        save();
        sum();
        const asks = result.taken.find((t) => t.outcome === 'clash');
        if (asks || result.number?.outcome === 'clash') leave = false;
        if (again || count(kept)) { flush(); return; }
        if (result.number?.outcome === 'clash') {
          state.hidden = true;
          form.elements.count.focus();
          return;
        }
        const open = [...rows.values()].some((row) => !row.querySelector('[data-hv-note]').hidden && !chosen(row));
        if (open) show(words.hvAsks, 'kept');
        else show(words.hvSaved, 'saved');
        if (asks) rows.get(asks.participant)?.querySelector('input[type=radio]')?.focus();
        if (leave) location.assign(form.dataset.hvDone);
        return;
      }
      leave = false;
      if (result.how === 'later') {
        show(words.hvKept, 'kept');
        timer = setTimeout(flush, 5000);
      } else if (result.how === 'out') {
        show(words.hvOut, 'out');
      } else {
        stopped = true;
        show(result.text || words.hvRefused, 'refused');
      }
    };
    const keep = () => {
      save();
      sum();
      if (!stopped) flush();
    };

    form.addEventListener('change', (event) => {
      const row = event.target.closest('[data-hv-who]');
      if (!row || event.target.type !== 'radio') return;
      mark(row.dataset.hvWho, event.target.value);
      keep();
    });
    form.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      if (button.name === 'all') {
        event.preventDefault();
        for (const [who, row] of rows) {
          if (chosen(row) || 'hvLater' in row.dataset) continue;
          choose(row, button.value);
          mark(who, button.value);
        }
        keep();
      } else if (button.name === 'clear') {
        event.preventDefault();
        choose(rows.get(button.value), '');
        mark(button.value, 'unknown');
        rows.get(button.value).querySelector('input[type=radio]').focus();
        keep();
      } else if (button.matches('[data-hv-clear]')) {
        try { localStorage.removeItem(PREFIX + key); } catch { /* nothing is kept then */ }
        location.reload();
      }
    });
    form.addEventListener('submit', (event) => {
      const number = form.elements.count;
      if (number && !/^\d{1,3}$/.test(number.value.trim())) return; // the house says what is wrong
      event.preventDefault();
      if (number) {
        kept.n += 1;
        kept.number = { present: Number(number.value), seen: form.elements.seen.value, request: `${kept.page}.${kept.n}` };
      }
      const held = form.elements.held;
      if (held && (held.type === 'hidden' || held.checked)) {
        kept.said = { held: true, led: [...form.querySelectorAll('input[name=led]:checked')].map((el) => el.value) };
      }
      leave = true;
      save();
      if (count(kept)) {
        stopped = false;
        flush();
      } else {
        location.assign(form.dataset.hvDone);
      }
    });
    window.addEventListener('online', () => { if (!stopped) flush(); });

    // What was ticked before this page was opened, and has not been sent.
    for (const [who, m] of Object.entries(kept.marks)) {
      if (rows.has(who)) choose(rows.get(who), m.mark);
    }
    if (kept.number) form.elements.count.value = kept.number.present;
    sum();
    if (others) show(words.hvOther, 'other');
    flush();
  }

  // elsewhere sends what waits, and tells of what cannot be sent from here.
  function elsewhere() {
    const line = waiting.querySelector('[role=status]');
    const link = waiting.querySelector('a');
    const clear = waiting.querySelector('button');
    const tell = async () => {
      let mine = 0;
      let open = '';
      let theirs = [];
      for (const key of keys()) {
        const kept = read(key);
        if (!kept) continue;
        if (kept.person !== waiting.dataset.hvWaiting) { theirs.push(key); continue; }
        const result = await send(key, kept);
        if (result.how === 'sent') {
          for (const t of result.taken) {
            if (t.outcome !== 'clash') delete kept.marks[t.participant];
          }
          if (result.number?.outcome !== 'clash') kept.number = null;
          kept.said = null;
          write(key, kept);
        }
        if (count(kept)) {
          mine += count(kept);
          open = action(key);
        }
      }
      link.hidden = !open;
      if (open) link.href = open;
      clear.hidden = Boolean(mine) || !theirs.length;
      waiting.hidden = !mine && !theirs.length;
      if (mine) line.textContent = mine === 1 ? waiting.dataset.hvOne : waiting.dataset.hvMany.replace('%n', mine);
      else if (theirs.length) line.textContent = waiting.dataset.hvOther;
    };
    clear.addEventListener('click', () => {
      for (const key of keys()) {
        if (read(key)?.person !== waiting.dataset.hvWaiting) localStorage.removeItem(PREFIX + key);
      }
      tell();
    });
    window.addEventListener('online', tell);
    tell();
  }
})();
