// The warning before a session ends. Without this file a form that is sent too late waits for the login.
"use strict";
(() => {
  const box = document.querySelector("[data-session]");
  if (!box || !box.showModal) return;
  const key = "luvat-session-ends"; // other windows of the same browser keep the same session alive
  const warning = 5 * 60 * 1000;
  const parts = ["session-heading", "session-text"].map((id) => document.getElementById(id));
  const button = box.querySelector("[data-session-go]");
  let ends = Date.now() + Number(box.dataset.left) * 1000, timer = 0, told = "";

  const store = (write) => { try { return write ? localStorage.setItem(key, String(ends)) : Number(localStorage.getItem(key)); } catch { return 0; } };
  const minutes = () => Math.max(1, Math.ceil((ends - Date.now()) / 60000));

  function say(what) {
    parts.forEach((p) => { p.textContent = p.dataset[what].replace("{1}", minutes()); });
    button.textContent = button.dataset[what];
    told = what;
    if (!box.open) box.showModal();
  }

  function look() {
    const others = store(false);
    if (others > ends) ends = others;
    const left = ends - Date.now();
    if (left <= 0) { if (told !== "over") say("over"); return; }
    if (left <= warning) say("warn"); else { told = ""; if (box.open) box.close(); }
    clearTimeout(timer);
    timer = setTimeout(look, left <= warning ? Math.min(left, 30000) : Math.min(left - warning, 2 ** 30));
  }

  function until(time) {
    if (!(time > Date.now())) return;
    ends = time;
    store(true);
    told = "";
    if (box.open) box.close();
    look();
  }

  async function keep() {
    try {
      const answer = await fetch(box.dataset.keep, { method: "POST" });
      if (answer.ok) return until(Date.now() + Number(answer.headers.get("Session-Left")) * 1000);
      if (answer.status === 401) { ends = 0; say("over"); }
    } catch { box.close(); } // without a connection nothing can be kept; what is typed stays on the page
  }

  button.addEventListener("click", () => { if (told === "over") box.close(); else keep(); });
  box.addEventListener("cancel", () => { if (told === "warn") keep(); });
  addEventListener("storage", (event) => { if (event.key === key) look(); });
  addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  // A script that has just talked with the server as who is logged in tells so by this event: that kept the session alive.
  document.addEventListener("luvat:alive", () => until(Date.now() + 30 * 60000));
  store(true);
  look();
})();
