// Everything works without this file. With it, answers are sent as they are given and pages change without loading.
"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const main = () => document.getElementById("main");
  const say = (text) => {
    const box = document.getElementById("announce");
    if (box && text && box.textContent !== text) box.textContent = text;
  };

  // --- the questionnaire: the answers of a page go to the server, the changed parts come back

  let sending = null;  // the request under way
  let waiting = 0;     // the timer before the next one
  let said = "";
  const received = new Map(); // the markup of each question as the server last sent it

  const form = () => document.getElementById("ask");

  function remember() {
    received.clear();
    document.querySelectorAll("[data-question]").forEach((q) => received.set(q.id, q.outerHTML));
    const live = document.querySelector("[data-live]");
    said = live ? live.dataset.summary : "";
  }

  function soon(delay) {
    clearTimeout(waiting);
    form()?.setAttribute("data-busy", "");
    waiting = setTimeout(send, delay);
  }

  async function send() {
    const f = form();
    waiting = 0;
    if (!f) return;
    if (sending) sending.abort();
    const request = (sending = new AbortController());
    const before = snapshot(f);
    try {
      const answer = await fetch(f.action, {
        method: "POST", body: new URLSearchParams(new FormData(f)), headers: { "X-Part": "live" }, signal: request.signal,
      });
      if (!answer.ok) return;
      const doc = new DOMParser().parseFromString(await answer.text(), "text/html");
      await released();
      if (request.signal.aborted || f !== form()) return;
      update(doc.querySelector("[data-live]"), before);
    } catch (error) {
      if (error.name !== "AbortError") f.classList.remove("is-busy"); // the form itself still works
    } finally {
      if (sending === request) {
        sending = null;
        if (!waiting) f.removeAttribute("data-busy");
      }
    }
  }

  // A button that is renewed between press and release would lose its click: an update waits for the release.
  let pressed = 0; // since when; 0: not pressed
  addEventListener("pointerdown", () => { pressed = Date.now(); }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { pressed = 0; }), true);
  const released = async () => {
    while (pressed && Date.now() - pressed < 2000) await new Promise((again) => setTimeout(again, 20));
  };

  const snapshot = (f) => {
    const values = new Map();
    for (const e of f.elements) if (e.id) values.set(e.id, state(e));
    return values;
  };
  const state = (e) => (e.type === "radio" || e.type === "checkbox" ? String(e.checked) : e.value);

  function update(fresh, before) {
    const live = document.querySelector("[data-live]");
    if (!fresh || !live) return;
    live.dataset.address = fresh.dataset.address;
    form().action = fresh.querySelector("#ask").getAttribute("action");
    history.replaceState(null, "", fresh.dataset.address);
    updateQuestions(fresh, before);
    for (const id of ["progress", "notices", "buttons", "bar"]) swap(id, fresh);
    swapKeepingOpen("steps", fresh);
    swapKeepingOpen("panel", fresh);
    const languages = document.querySelectorAll("#languages a");
    const query = fresh.dataset.address.replace(/^[^?]*/, "");
    languages.forEach((a) => { a.setAttribute("href", a.getAttribute("href").replace(/\?.*$/, "") + query); });
    if (fresh.dataset.summary !== said) say(fresh.dataset.summary);
    said = fresh.dataset.summary;
  }

  function swap(id, fresh) {
    const old = document.getElementById(id), now = fresh.querySelector("#" + CSS.escape(id));
    if (old && now && !old.contains(document.activeElement)) old.replaceWith(now);
  }

  // A part that the customer has opened or scrolled stays so.
  function swapKeepingOpen(id, fresh) {
    const old = document.getElementById(id), now = fresh.querySelector("#" + CSS.escape(id));
    if (!old || !now) return;
    const open = new Map([...old.querySelectorAll("details")].map((d) => [d.id || d.className, d.open]));
    now.querySelectorAll("details").forEach((d) => { const was = open.get(d.id || d.className); if (was !== undefined) d.open = was; });
    const inside = old.contains(document.activeElement) ? document.activeElement.closest("[id]") : null;
    const key = inside ? inside.id : "", top = old.scrollTop;
    old.innerHTML = now.innerHTML;
    old.querySelectorAll("details").forEach((d) => { const was = open.get(d.id || d.className); if (was !== undefined) d.open = was; });
    old.scrollTop = top;
    if (key) { const back = document.getElementById(key); (back && back.querySelector("summary") || back || old).focus({ preventScroll: true }); }
  }

  function updateQuestions(fresh, before) {
    const fields = document.getElementById("fields");
    const now = [...fresh.querySelectorAll("#fields > *")];
    const keep = new Set(now.map((q) => q.id));
    [...fields.children].forEach((q) => { if (!keep.has(q.id) && !q.contains(document.activeElement)) q.remove(); });
    let place = null;
    for (const q of now) {
      const old = q.id && document.getElementById(q.id);
      const html = q.outerHTML;
      if (!old) {
        place ? place.after(q) : fields.prepend(q);
        if (before) q.classList.add("is-new");
        dress(q);
        place = q;
      } else {
        if (received.get(q.id) !== html) merge(old, q, before);
        place = document.getElementById(q.id);
      }
      received.set(q.id, html);
    }
  }

  // A question in which the customer is, or which they changed while the server was thinking, keeps its fields; only what is said
  // about it is replaced.
  function merge(old, now, before) {
    const touched = [...old.querySelectorAll("input")].some((e) => e.id && before.has(e.id) && before.get(e.id) !== state(e));
    if (!touched && !old.contains(document.activeElement)) {
      old.replaceWith(now);
      dress(now);
      return;
    }
    old.className = now.className;
    now.querySelectorAll("[data-part]").forEach((part) => {
      const same = old.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
      if (same && !same.contains(document.activeElement)) same.replaceWith(part);
    });
    if (touched) return;
    now.querySelectorAll("input[id]").forEach((e) => {
      const same = document.getElementById(e.id);
      if (!same || same === e) return;
      if (e.hasAttribute("aria-invalid")) same.setAttribute("aria-invalid", "true"); else same.removeAttribute("aria-invalid");
      if (e.type === "radio" || e.type === "checkbox") same.checked = e.checked;
      else if (e.hasAttribute("data-municipality")) same.value = e.value;
    });
    const described = now.getAttribute("aria-describedby");
    if (described) old.setAttribute("aria-describedby", described); else old.removeAttribute("aria-describedby");
  }

  document.addEventListener("change", (event) => {
    const e = event.target;
    if (!e.form || e.form !== form() || e.classList.contains("date-native")) return;
    alone(e);
    soon(e.type === "radio" || e.type === "checkbox" ? 0 : 60);
  });
  document.addEventListener("input", (event) => {
    const e = event.target;
    if (!e.form || e.form !== form()) return;
    if (e.classList.contains("input")) {
      const unsure = e.closest("[data-question]")?.querySelector("[data-unsure]");
      if (unsure && e.value) unsure.checked = false;
      if (e.hasAttribute("data-municipality")) {
        const known = document.querySelector(`#municipalities option[value="${CSS.escape(e.value)}"]`);
        if (known) soon(0);
      } else if (e.classList.contains("input-number")) soon(700);
    }
  });

  // "None of these" and "I don't know yet" stand alone.
  function alone(e) {
    if (e.type === "checkbox" && e.checked) {
      if (e.hasAttribute("data-unsure")) {
        e.closest("[data-question]").querySelectorAll("input.input").forEach((i) => { i.value = ""; });
      }
      const group = e.closest(".options");
      if (group) group.querySelectorAll("input[type=checkbox]").forEach((other) => {
        if (other !== e && (e.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
      });
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.hasAttribute?.("data-municipality") && event.target.value) {
      event.preventDefault();
      soon(0);
    }
  });

  // --- going from page to page without loading

  // Pages of those who have logged in are loaded whole: who is logged in stands outside the part that is changed.
  const personal = /^\/(fi|sv|en)\/(my|login|logout|party|profile|invitation)(\/|$)|^\/(fi|sv|en)\/[^/]+\/start$/;
  const own = (url) => url.origin === location.origin && /^\/(fi|sv|en)(\/|$)/.test(url.pathname) && !/\.(ics|json)$/.test(url.pathname) &&
    !personal.test(url.pathname) && !personal.test(location.pathname);

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const copy = event.target.closest("[data-copy]");
    if (copy) return void copied(copy);
    if (event.target.closest("[data-print]")) return void window.print();
    const a = event.target.closest("a[href]");
    if (!a || a.hasAttribute("data-whole") || a.target) return;
    const url = new URL(a.href, location.href);
    if (url.pathname + url.search === location.pathname + location.search && url.hash) return void arrive(url.hash, event);
    if (!own(url)) return;
    event.preventDefault();
    go(url, null, true);
  });

  document.addEventListener("submit", (event) => {
    const f = event.target, button = event.submitter;
    if (f.method === "get" || f !== form()) return;
    event.preventDefault();
    clearTimeout(waiting);
    if (sending) sending.abort();
    const body = new URLSearchParams(new FormData(f, button));
    go(new URL(f.action, location.href), body, true);
  });

  window.addEventListener("popstate", () => {
    const url = new URL(location.href);
    if (own(url)) go(url, null, false); else location.reload();
  });

  let going = null;
  async function go(url, body, push) {
    if (going) going.abort();
    const request = (going = new AbortController());
    form()?.classList.add("is-busy");
    let answer, text;
    try {
      answer = await fetch(url, { method: body ? "POST" : "GET", body, signal: request.signal, headers: { Accept: "text/html" } });
      text = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (body) { form().submit(); } else { location.href = url; }
      return;
    }
    if (request.signal.aborted) return;
    const doc = new DOMParser().parseFromString(text, "text/html");
    const next = doc.getElementById("main");
    if (!next) { location.href = answer.url; return; }
    if (doc.documentElement.lang !== document.documentElement.lang) { location.href = answer.url; return; }
    const refused = answer.status === 422;
    const end = new URL(answer.url);
    if (!end.hash && url.hash && !body) end.hash = url.hash;
    if (push && !refused) history.pushState(null, "", end);
    document.title = doc.title;
    main().replaceWith(next);
    const languages = doc.getElementById("languages");
    if (languages) document.getElementById("languages")?.replaceWith(languages);
    const announce = document.getElementById("announce");
    if (announce) announce.textContent = "";
    dress(document);
    remember();
    window.scrollTo(0, 0);
    const errors = document.getElementById("errors");
    if (errors) { errors.scrollIntoView({ block: "start" }); errors.focus({ preventScroll: true }); }
    else if (end.hash && arrive(end.hash)) return;
    else (document.getElementById("heading") || main()).focus({ preventScroll: true });
  }

  // arrive moves the eye and the keyboard to a place on the page.
  function arrive(hash, event) {
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return false;
    event?.preventDefault();
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    if (location.hash !== hash) history.replaceState(history.state, "", hash);
    if (!target.matches("input,button,a,select,[tabindex]")) target.tabIndex = -1;
    target.scrollIntoView({ block: target.id === "panel" ? "start" : "center" });
    target.focus({ preventScroll: true });
    document.querySelectorAll(".is-here").forEach((e) => e.classList.remove("is-here"));
    target.classList.add("is-here");
    return true;
  }

  async function copied(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.querySelector("span").textContent = button.dataset.done;
    say(button.dataset.done);
  }

  // --- small comforts

  function dress(root) {
    root.querySelectorAll("input[data-date]").forEach(calendar);
    root.querySelectorAll("[data-chart]").forEach(light);
    if (matchMedia("(min-width: 1240px)").matches) root.querySelectorAll(".steps-fold").forEach((d) => { d.open = true; });
  }

  // calendar puts the browser's own date picker beside a date field; the keyboard has the field itself.
  function calendar(input) {
    if (!HTMLInputElement.prototype.showPicker || input.nextElementSibling?.classList.contains("date-native")) return;
    const native = document.createElement("input");
    native.type = "date";
    native.className = "date-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    native.addEventListener("focus", () => { native.value = iso(input.value); });
    native.addEventListener("click", () => { native.value = iso(input.value); try { native.showPicker(); } catch { /* the field itself works */ } });
    native.addEventListener("change", () => {
      if (!native.value) return;
      const [y, m, d] = native.value.split("-").map(Number);
      input.value = `${d}.${m}.${y}`;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const holder = document.createElement("span");
    holder.className = "date-holder";
    input.replaceWith(holder);
    holder.append(input, native);
  }
  const iso = (text) => {
    const m = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text.trim());
    return m ? `${m[3]}-${m[2].padStart(2, "0")}-${m[1].padStart(2, "0")}` : "";
  };

  // light shows what belongs to the box under the pointer.
  function light(chart) {
    const ribbons = [...chart.querySelectorAll("[data-from]")];
    chart.querySelectorAll("[data-key]").forEach((box) => {
      box.addEventListener("pointerenter", () => {
        const keys = new Set([box.dataset.key]);
        const walk = (key, from, to) => ribbons.forEach((r) => {
          if (r.dataset[from] === key) { r.classList.add("lit"); if (!keys.has(r.dataset[to])) { keys.add(r.dataset[to]); walk(r.dataset[to], from, to); } }
        });
        walk(box.dataset.key, "from", "to");
        walk(box.dataset.key, "to", "from");
        chart.querySelectorAll("[data-key]").forEach((b) => b.classList.toggle("lit", keys.has(b.dataset.key)));
        chart.classList.add("is-lit");
      });
      box.addEventListener("pointerleave", () => {
        chart.classList.remove("is-lit");
        chart.querySelectorAll(".lit").forEach((e) => e.classList.remove("lit"));
      });
    });
  }

  document.addEventListener("luvat:dress", (event) => dress(event.target)); // parts of a page that another script has renewed

  dress(document);
  remember();
})();
