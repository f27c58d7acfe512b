// A case that was sent shows by itself how the deliveries go on. Without this file the page shows it when it is loaded again.
"use strict";
(() => {
  const every = 15_000;
  const longest = 10 * 60_000; // each request keeps the session alive: a page that is left open must not do so all day
  const began = Date.now();

  document.querySelectorAll("[data-print]").forEach((b) => b.addEventListener("click", () => print()));

  const live = document.getElementById("sent-live");
  if (!live || !live.hasAttribute("data-poll")) return;
  const summary = () => live.querySelector("[data-summary]")?.dataset.summary || "";
  let said = summary();
  let idle = 0; // how often nothing had changed since everything arrived

  async function look() {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(location.pathname, { headers: { "X-Part": "live" } });
        if (answer.redirected || answer.status === 401 || answer.status === 403) return; // the session has ended
        if (answer.ok) update(await answer.text());
      } catch {} // the network is away: the next look finds it again
    }
    if (Date.now() - began < longest && idle < 3) setTimeout(look, every);
  }

  function update(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    const old = live.innerHTML;
    const within = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    live.replaceChildren(...fresh.childNodes);
    idle = live.innerHTML === old ? idle : 0;
    if (!live.querySelector(".is-delivering, .is-trouble")) idle++;
    if (within) live.querySelector(`a[href="${CSS.escape(within)}"]`)?.focus({ preventScroll: true });
    const now = summary();
    const box = document.getElementById("announce");
    if (box && now !== said) box.textContent = now;
    said = now;
  }

  setTimeout(look, 3000); // most filings arrive within seconds
})();
