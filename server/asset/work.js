// A case is filled in without this file too. With it, what is typed is saved as it is typed, fields come and go without a button, and
// files show how far they have come. Nothing of the case is kept in the browser.
"use strict";
(() => {
  const form = () => document.getElementById("fill");
  const announce = (text) => {
    const box = document.getElementById("announce");
    if (box && text) box.textContent = box.textContent === text ? text + "\u00a0" : text;
  };
  const loginPage = (answer) => answer.redirected && /\/login(\/|$)/.test(new URL(answer.url).pathname);

  // --- saving

  const received = new Map(); // the markup of each field as the server last sent it
  let timer = 0, sending = null, again = false, dirty = false, retry = 0;

  function remember(root) {
    for (const field of root.querySelectorAll("[data-field][id]")) received.set(field.id, field.outerHTML);
  }

  function soon(delay) {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => save(), delay);
  }

  const state = (e) => (e.type === "radio" || e.type === "checkbox" ? String(e.checked) : e.value);
  function snapshot(f) {
    const values = new Map();
    for (const e of f.elements) if (e.id) values.set(e.id, state(e));
    return values;
  }

  // save sends the form. With a button of a list, the item comes or goes and the keyboard goes where it belongs.
  async function save(button) {
    const f = form();
    clearTimeout(timer);
    if (!f) return;
    if (sending && !button) { again = true; return; }
    while (sending) await sending; // two at once would collide with each other
    const body = new URLSearchParams(new FormData(f));
    if (button) body.set(button.name, button.value);
    const before = snapshot(f);
    dirty = again = false;
    let done;
    sending = new Promise((ended) => { done = ended; });
    tell(f.dataset.saving, false);
    try {
      const answer = await fetch(f.action, { method: "POST", body, headers: { "X-Part": "live" } });
      if (loginPage(answer)) return void ended(f);
      if (!answer.ok) throw new Error(String(answer.status));
      const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
      f.elements.base.value = doc.getElementById("base")?.value ?? f.elements.base.value;
      if (f !== form()) return;
      retry = 0;
      renew(doc, before, button);
    } catch {
      dirty = true;
      tell(f.dataset.unsaved, true);
      retry = Math.min((retry || 2) * 2, 60);
      timer = setTimeout(() => save(), retry * 1000);
    } finally {
      sending = null;
      done();
      if (again) save();
    }
  }

  function tell(text, bad) {
    const line = document.getElementById("saved");
    if (!line) return;
    const worse = bad && !line.classList.contains("is-unsaved");
    line.classList.toggle("is-unsaved", bad);
    line.querySelector("span").textContent = text;
    if (worse) announce(text);
  }

  function ended(f) {
    dirty = false;
    tell(f.dataset.ended, true);
    const line = document.getElementById("saved"), a = document.createElement("a");
    const lang = document.documentElement.lang;
    a.href = `/${lang}/login?to=${encodeURIComponent(location.pathname)}`;
    a.setAttribute("data-whole", "");
    a.textContent = f.dataset.login;
    line.querySelector("span").append(" ", a);
  }

  // --- putting in what the server sent, around what the customer is doing

  function renew(doc, before, button) {
    const fresh = doc.getElementById("work");
    if (!fresh) return;
    const items = button && listBefore(button);
    merge(document.getElementById("fields"), fresh.querySelector("#fields"), before, Boolean(button));
    for (const id of ["notices", "problems", "marks", "saved"]) {
      const old = document.getElementById(id), now = fresh.querySelector("#" + id);
      if (old && now && old.outerHTML !== now.outerHTML && !old.contains(document.activeElement)) old.replaceWith(now);
    }
    document.title = fresh.dataset.title;
    dress(document.getElementById("fields"));
    if (button) arrive(button, items);
  }

  // merge makes the fields of a container those that the server sent. A field in which the customer is, or that changed while the
  // server was thinking, keeps its inputs; only what is said about it is replaced.
  function merge(old, now, before, forced) {
    const keep = new Set([...now.children].map((c) => c.id));
    for (const child of [...old.children]) if (!keep.has(child.id) && (forced || !child.contains(document.activeElement))) child.remove();
    let place = null;
    for (const next of [...now.children]) {
      const there = document.getElementById(next.id), html = next.outerHTML;
      if (!there) {
        remember(next);
        received.set(next.id, html);
        if (place) place.after(next); else old.prepend(next);
        place = next;
        continue;
      }
      place = there;
      if (received.get(next.id) === html && !(forced && there.querySelector("[data-list]"))) continue;
      const busy = there.contains(document.activeElement) && document.activeElement.matches("input,textarea,select");
      const touched = [...there.querySelectorAll("input,textarea,select")].some((e) => e.id && before.has(e.id) && before.get(e.id) !== state(e));
      const settled = there.querySelector(".clash") && !next.querySelector(".clash"); // one of the two values was chosen
      const inner = there.querySelector("[data-fields]"), innerNow = next.querySelector("[data-fields]");
      if (!busy && !touched || settled || forced && innerNow && inner?.closest("[data-field]") === there && there.querySelector("[data-list]")) {
        const open = there.querySelector(".readers[open]");
        if (open) next.querySelector(".readers")?.setAttribute("open", "");
        remember(next);
        there.replaceWith(next);
        place = next;
        if (settled && busy) next.querySelector("input:not([type=hidden]),textarea,select")?.focus();
      } else {
        for (const part of next.querySelectorAll("[data-part]")) {
          const owner = part.closest("[data-field]");
          if (owner !== next) continue;
          const same = [...there.querySelectorAll(`[data-part="${part.dataset.part}"]`)].find((p) => p.closest("[data-field]") === there);
          if (same && !same.contains(document.activeElement)) same.replaceWith(part.cloneNode(true));
        }
        there.classList.toggle("has-error", next.classList.contains("has-error"));
        if (inner && innerNow) merge(inner, innerNow, before, forced);
      }
      received.set(next.id, html);
    }
  }

  // --- items of lists

  const listName = (button) => button.name.replace(/^(add|remove):/, "").replace(button.name.startsWith("remove:") ? /\.\d+$/ : /$^/, "");
  const listBefore = (button) => ({ name: listName(button), at: Number((/\.(\d+)$/.exec(button.name) || [])[1] ?? -1) });

  // arrive moves the keyboard: into the first field of a new item; from one that is gone to the next, the one before, or the button.
  function arrive(button, { name, at }) {
    announce(button.dataset.said);
    const items = [...(document.getElementById(name + ":items")?.children ?? [])];
    let target;
    if (button.name.startsWith("add:")) target = items.at(-1)?.querySelector("input:not([type=hidden]),textarea,select");
    else target = items[Math.min(at, items.length - 1)];
    target ??= document.getElementById("add:" + name);
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-list]");
    if (button && button.form === form()) {
      event.preventDefault();
      save(button);
      return;
    }
    if (event.target.closest?.("a[href]")) flush();
  }, true);

  // flush sends what is not saved yet while the page is being left.
  async function flush(event) {
    const f = form();
    if (!f || !dirty && !again) return;
    dirty = again = false;
    clearTimeout(timer);
    if (sending && event?.type !== "pagehide") await sending;
    fetch(f.action, { method: "POST", body: new URLSearchParams(new FormData(f)), headers: { "X-Part": "live" }, keepalive: true }).catch(() => { dirty = true; });
  }
  addEventListener("pagehide", flush);
  addEventListener("online", () => { if (dirty) save(); });
  addEventListener("beforeunload", (event) => { if (dirty && retry) event.preventDefault(); });

  document.addEventListener("input", (event) => {
    const e = event.target;
    if (!e.form || e.form !== form() || e.closest(".combo")) return;
    count(e);
    soon(1500);
  });
  document.addEventListener("change", (event) => {
    const e = event.target;
    if (!e.form || e.form !== form() || !e.name || e.classList.contains("date-native")) return;
    soon(e.type === "radio" || e.type === "checkbox" || e.tagName === "SELECT" ? 0 : 150);
  });
  document.addEventListener("submit", (event) => {
    const f = event.target;
    if (f === form()) {
      clearTimeout(timer);
      dirty = again = false;
      if (sending) { // what is on its way comes first: two at once would collide with each other
        event.preventDefault();
        const button = event.submitter;
        sending.then(() => f.requestSubmit(button));
        return;
      }
    }
    if (f.hasAttribute("data-once")) {
      if (f.dataset.sent) event.preventDefault();
      f.dataset.sent = "1";
    }
    if (f.hasAttribute("data-upload")) {
      event.preventDefault();
      upload(f, f.querySelector("input[type=file]").files);
    }
  });

  // --- comforts of fields

  function count(e) {
    const line = e.tagName === "TEXTAREA" && document.getElementById(e.id + ":count");
    if (!line) return;
    const left = Number(line.dataset.count) - [...e.value.trim()].length, over = left < 0;
    line.classList.toggle("is-over", over);
    line.textContent = (over ? line.dataset.over : line.dataset.left).replace("{1}", Math.abs(left));
  }

  // search puts a field to type into before a long list; the list itself is what is sent.
  function search(select) {
    if (select.closest(".combo")) return;
    const box = document.createElement("span"), input = document.createElement("input"), list = document.createElement("datalist"), none = document.createElement("span");
    box.className = "combo";
    list.id = select.id + ":options";
    for (const o of select.options) if (o.value) list.append(new Option(o.text));
    input.className = "input";
    input.setAttribute("list", list.id);
    input.autocomplete = "off";
    input.placeholder = select.dataset.search;
    input.value = select.value ? select.selectedOptions[0].text : "";
    for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    none.className = "combo-none";
    none.setAttribute("role", "status");
    input.id = select.id;
    select.id += ":list";
    select.className = "combo-native";
    select.replaceWith(box);
    box.append(input, list, none, select);
    input.addEventListener("change", () => {
      const typed = input.value.trim().toLowerCase();
      const found = [...select.options].find((o) => o.value && o.text.toLowerCase() === typed);
      none.textContent = typed && !found ? select.dataset.none.replace("{1}", input.value.trim()) : "";
      select.value = found ? found.value : "";
      if (found) input.value = found.text;
      soon(0);
    });
  }

  function dress(root) {
    root.querySelectorAll("select[data-search]").forEach(search);
    root.querySelectorAll("textarea").forEach(count);
    root.dispatchEvent(new CustomEvent("luvat:dress", { bubbles: true }));
  }

  // --- documents

  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const f = event.target.closest?.("[data-upload]");
    if (!f || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    f.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop") upload(f, event.dataTransfer.files);
  });
  document.addEventListener("change", (event) => {
    const f = event.target.closest?.("[data-upload]");
    if (f && event.target.files?.length) upload(f, event.target.files);
  });

  // upload sends files one after the other. Each answer is the card as it is then.
  async function upload(f, chosen) {
    const files = [...chosen];
    if (f.dataset.busy) return;
    if (!files.length) return void f.submit();
    f.dataset.busy = "1";
    let card = f.closest("[data-slot]");
    const id = card.id, faults = [];
    for (const file of files) {
      f = document.getElementById(id).querySelector("[data-upload]");
      const text = await send(f, file);
      if (text === null) return void (location.href = location.pathname + location.search); // to log in
      const fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector("[data-slot]");
      if (!fresh) { faults.push(file.size > Number(f.dataset.limit) * 1048576 ? f.dataset.large.replace("{1}", file.name) : f.dataset.broken); continue; }
      faults.push(...[...fresh.querySelectorAll(".upload .error > span")].map((e) => e.lastChild.textContent));
      fresh.id = id;
      card = document.getElementById(id);
      card.replaceWith(fresh);
    }
    card = document.getElementById(id);
    const input = card.querySelector("input[type=file]"), box = card.querySelector(".upload");
    delete box.dataset.busy;
    if (faults.length && box.querySelectorAll(".error").length !== faults.length) {
      box.classList.add("has-error");
      box.querySelectorAll(".error").forEach((e) => e.remove());
      for (const fault of faults) {
        const p = document.createElement("p");
        p.className = "error";
        p.textContent = fault;
        box.querySelector(".drop").before(p);
      }
    }
    announce(faults.length ? faults.join(" ") : card.querySelector(".pill").textContent);
    input.focus({ preventScroll: true });
  }

  // send resolves to the text of the answer, "" when the connection broke, null when the session has ended.
  function send(f, file) {
    const row = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress");
    name.textContent = `${f.dataset.sending}: ${file.name}`;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name.textContent);
    row.append(name, bar);
    f.querySelector("[data-progress]").append(row);
    return new Promise((done) => {
      const request = new XMLHttpRequest(), body = new FormData();
      body.append("file", file);
      request.upload.onprogress = (e) => { if (e.lengthComputable) { bar.value = 100 * e.loaded / e.total; } };
      request.onload = () => { row.remove(); done(/\/login(\/|$|\?)/.test(request.responseURL) ? null : request.status < 400 ? request.responseText : ""); };
      request.onerror = request.onabort = () => { row.remove(); done(""); };
      request.open("POST", f.action);
      request.setRequestHeader("X-Part", "slot");
      request.send(body);
    });
  }

  // --- pages come without loading

  function start() {
    received.clear();
    dirty = again = false;
    retry = 0;
    clearTimeout(timer);
    const f = form();
    if (!f) return;
    remember(f);
    f.querySelectorAll("select[data-search]").forEach(search);
    f.querySelectorAll("textarea").forEach(count);
  }
  new MutationObserver(start).observe(document.body, { childList: true });
  start();
})();
