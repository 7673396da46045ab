// What makes the pages of doorward pleasant. Each of them works without it. All texts come from data-* attributes.

const root = document.documentElement;
const texts = root.dataset;
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const count = (data, name, n) => ((n === 1 && data[`${name}One`]) || data[name] || '').replace('{n}', n);

function make(name, attributes, ...children) {
  const space = /^(svg|path)$/.test(name) ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml';
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Times: in the page's language and the browser's zone. The title keeps the UTC text.
function localize(inside) {
  for (const time of all('time[datetime*="T"]:not([title])', inside)) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.valueOf())) continue;
    time.title = time.textContent.trim();
    time.textContent = date.toLocaleString(root.lang || undefined, { dateStyle: 'medium', timeStyle: 'short' });
  }
}

// Passwords: a button that shows what is typed. Its name stays, whether it is pressed changes.
function reveal(input) {
  const eye = make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    make('path', { d: 'M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12z' }),
    make('path', { d: 'M9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0' }),
    make('path', { d: 'M4 4l16 16', class: 'slash' }));
  const label = texts.textShow ?? '';
  const button = make('button', { type: 'button', class: 'reveal', 'aria-label': label, title: label }, eye);
  const show = (shown) => {
    const { selectionStart, selectionEnd } = input;
    input.type = shown ? 'text' : 'password';
    input.setSelectionRange(selectionStart, selectionEnd);
    button.setAttribute('aria-pressed', shown);
  };
  show(false);
  button.addEventListener('mousedown', (event) => event.preventDefault()); // The caret stays in the field.
  button.addEventListener('click', () => show(input.type === 'password'));
  input.form?.addEventListener('submit', () => show(false)); // So that no browser remembers it as plain text.
  input.after(button);
}

// How strong a password is: length first, then variety. A hint, which never blocks.
function rate(password, least) {
  const letters = [...password];
  const missing = least - letters.length;
  if (missing > 0) return ['short', count(texts, 'textTooShort', missing)];
  const codes = letters.map((letter) => letter.codePointAt(0));
  const steps = codes.filter((code, at) => Math.abs(code - codes[at - 1]) < 2).length; // As in aaa, 123 and cba.
  if (new Set(letters).size < 8 || steps * 2 > letters.length) return ['weak', texts.textWeak];
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  return letters.length >= least + 6 || kinds > 2 ? ['good', texts.textGood] : ['fair', texts.textFair];
}

function strength(input) {
  const hint = make('p', { class: 'strength', role: 'status' });
  let timer;
  (input.closest('.with-button') ?? input).after(hint);
  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (!input.value) return delete hint.dataset.level;
    const [level, text] = rate(input.value, Number(input.dataset.strength));
    hint.dataset.level = level;
    timer = setTimeout(() => { hint.textContent = text; }, hint.textContent ? 300 : 0); // Not read out at every key.
  });
}

// Fields: the browser's own message, where the server's would stand.
const boxOf = (input) => input.closest('.choices, .field, .check');

function errorOf(input) {
  const box = boxOf(input);
  const isCheck = box.matches('.check');
  let error = isCheck ? box.previousElementSibling : box.querySelector('.error');
  if (!error?.matches('.error')) {
    error = make('p', { class: 'error' });
    if (isCheck) box.before(error);
    else (box.querySelector('.hint') ?? box.querySelector('legend, label')).after(error);
  }
  error.id ||= `${input.id || input.name}-error`;
  return error;
}

function check(input) {
  if (!input.willValidate || !boxOf(input)) return true;
  const isShown = input.getClientRects().length > 0;
  if ('required' in input.dataset) input.required = isShown; // A field of a role is required only with that role.
  const message = isShown ? input.validationMessage : '';
  const wasWrong = input.ariaInvalid === 'true' || boxOf(input).querySelector('.error:not(:empty)');
  if (!message && !wasWrong) return true;
  const error = errorOf(input);
  const described = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== error.id);
  error.textContent = message;
  error.lang = navigator.language;
  if (message) described.push(error.id);
  if (described.length) input.setAttribute('aria-describedby', described.join(' '));
  else input.removeAttribute('aria-describedby');
  if (input.type !== 'radio') input.ariaInvalid = message ? 'true' : null;
  return !message;
}

const isPost = (form) => form?.getAttribute('method')?.toLowerCase() === 'post';

// A message that came between press and release would move the button away from under the pointer.
let late;
document.addEventListener('pointerdown', () => { late = []; }, true);
for (const name of ['pointerup', 'pointercancel']) {
  document.addEventListener(name, () => {
    const inputs = late ?? [];
    late = null;
    setTimeout(() => inputs.forEach(check));
  }, true);
}
document.addEventListener('focusout', ({ target }) => {
  if (!isPost(target.form) || !target.value || target.type === 'radio') return;
  if (late) late.push(target);
  else check(target);
});
document.addEventListener('input', ({ target }) => {
  if (isPost(target.form) && (target.ariaInvalid === 'true' || target.type === 'radio')) check(target);
});

// Forms: wrong fields first; then the button is busy until the answer is there, so that nothing is sent twice.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!isPost(form) || event.defaultPrevented) return;
  const wrong = [...form.elements].filter((input) => !check(input));
  if (wrong.length || form.ariaBusy === 'true') {
    wrong[0]?.focus();
    return event.preventDefault();
  }
  const button = event.submitter;
  if (!button || 'download' in form.dataset) return; // A file comes, and no other page.
  const label = [...button.childNodes];
  form.ariaBusy = button.ariaBusy = 'true';
  if (form.dataset.busy) button.textContent = form.dataset.busy;
  button.setAttribute('autocomplete', 'off'); // Or Firefox brings it back disabled.
  setTimeout(() => { button.disabled = true; }); // Not at once: the browser would leave out its name and value.
  const free = () => {
    form.ariaBusy = button.ariaBusy = null;
    button.disabled = false;
    button.replaceChildren(...label);
  };
  addEventListener('pageshow', free, { once: true });
  setTimeout(free, 30_000); // The server takes no longer. Whoever has stopped it can send again.
});

// The notice after a redirect goes by itself, unless someone is reading it or it tells of an error.
function toast(notice) {
  const leave = () => {
    notice.classList.add('leaving');
    setTimeout(() => notice.remove(), 300);
  };
  if (texts.textDismiss) {
    const button = make('button', { type: 'button', class: 'dismiss', 'aria-label': texts.textDismiss }, '×');
    button.addEventListener('click', leave);
    notice.append(button);
  }
  setTimeout(() => notice.append(...notice.childNodes), 200); // What is there from the start is not read out.
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, 7000);
  };
  for (const name of ['mouseenter', 'focusin']) notice.addEventListener(name, () => clearTimeout(timer));
  for (const name of ['mouseleave', 'focusout']) notice.addEventListener(name, wait);
  wait();
}

// The audit log, live: new rows on top, every two seconds while the page is seen and the button is pressed.
function follow(list) {
  const button = document.querySelector('[data-tail-toggle]');
  if (!button) return;
  const status = make('p', { class: 'visually-hidden', role: 'status' });
  const isOn = () => button.ariaPressed === 'true';
  // Safe to pass as it is: only our own server's answer to our own request comes here, and it escapes what it shows.
  const policy = globalThis.trustedTypes?.createPolicy('doorward', { createHTML: (html) => html });
  let timer;

  const add = (html) => {
    const page = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');
    const known = new Set([...list.children].map((row) => row.dataset.id));
    const latest = all('[data-id]', page);
    const rows = latest.filter((row) => !known.has(row.dataset.id));
    if (!rows.length) return;
    for (const row of rows) row.classList.add('fresh');
    // Between what is listed and what came there may be more, if nothing that came is known: then the list begins anew.
    if (rows.length === latest.length) list.replaceChildren(...rows);
    else list.prepend(...rows);
    localize(list);
    [...list.children].slice(200).forEach((row) => row.remove());
    status.textContent = count(list.dataset, 'textNew', rows.length);
  };
  const poll = async () => {
    clearTimeout(timer);
    if (!isOn() || document.hidden) return;
    try {
      const headers = { Accept: 'text/html' };
      const answer = await fetch(list.dataset.tail, { redirect: 'manual', cache: 'no-store', headers });
      if (!answer.ok) throw answer;
      add(await answer.text());
      timer = setTimeout(poll, 2000);
    } catch {
      button.ariaPressed = 'false';
      status.className = 'hint';
      status.textContent = list.dataset.textStopped ?? '';
    }
  };
  button.hidden = false;
  button.after(status);
  button.addEventListener('click', () => {
    button.ariaPressed = String(!isOn());
    status.className = 'visually-hidden';
    status.textContent = '';
    poll();
  });
  document.addEventListener('visibilitychange', poll);
  poll();
}

// Other tabs: who signs out in one is signed out in all, and no signed-in page comes back out of the browser's memory.
const isSignedIn = 'signedIn' in texts;
const tabs = globalThis.BroadcastChannel && new BroadcastChannel('doorward');
if ('signedOut' in texts) tabs?.postMessage('signed-out');
tabs?.addEventListener('message', ({ data }) => {
  if (isSignedIn && data === 'signed-out') location.replace('/login');
});
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && isSignedIn) location.replace(texts.here); // Not a reload: that could send a form again.
});

document.addEventListener('keydown', ({ key, target }) => {
  const selector = 'details.confirm[open]';
  const open = key === 'Escape' && (target.closest?.(selector) ?? document.querySelector(selector));
  if (!open) return;
  open.open = false;
  open.querySelector('summary')?.focus();
});

localize(document);
all('input[data-reveal]').forEach(reveal);
all('input[data-strength]').forEach(strength);
all('.toast').forEach(toast);
all('ol[data-tail]').forEach(follow);
for (const form of document.forms) form.noValidate = isPost(form);
document.querySelector('.nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
if (!document.querySelector('[autofocus]')) document.querySelector('main [aria-invalid="true"]')?.focus();
