// Walks the whole service in headless Chromium: with and without scripts, in three languages, on a desk and in a hand, by mouse and
// by keyboard alone, and lets axe look at every kind of page. Pictures are left in a temporary folder, whose name is said at the end.
//
//   npm ci && node walk.mjs            builds the program and serves it
//   LUVAT=path/to/luvat node walk.mjs  uses a program that is built already
//   ONLY=keyboard node walk.mjs        one of the walks, or those whose names begin so: ONLY=journey
//   SCREENSHOTS=folder node walk.mjs   leaves the pictures there
//   AXE=no VERBOSE=1 node walk.mjs     without axe, and with a line for each page: for those who write a walk

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { serve } from "./serve.mjs";
import { answers, fillPage, plan, startDay } from "./plan.mjs";
import { Visitor, browser, desk, hand, pictures } from "./visitor.mjs";
import { journeys } from "./journey.mjs";

const root = resolve(import.meta.dirname, "../..");
const server = await serve(root);

const words = {
  fi: { search: "tapahtmua", start: "Aloita", next: "Seuraava", needed: "Tarvitset", law: "laki", other: "Svenska", otherLang: "sv", town: "Kuopio", wrong: "Kuopo", near: "Kuopio" },
  sv: { search: "festivaler", start: "Börja", next: "Nästa", needed: "Du behöver", law: "lagen", other: "English", otherLang: "en", town: "Borgå", wrong: "Borga å", near: "Borgå" },
  en: { search: "firework", start: "Start", next: "Next", needed: "You need", law: "Act", other: "Suomi", otherLang: "fi", town: "Espoo", wrong: "Espooo", near: "Espoo" },
};

// The walks in English look at what changes with the width and with scripts; Finnish and Swedish look at every page.
const seenAgain = ["questions-mistakes", "questions-place", "result", "timeline", "overview"];

// --- the walks

// wholeWay goes from the catalogue to the calendar, answering everything.
async function wholeWay(lang, scripts, viewport) {
  const w = words[lang];
  const v = await Visitor.open(server, `${lang}-${scripts ? "scripts" : "plain"}-${viewport === hand ? "hand" : "desk"}`, { javaScriptEnabled: scripts, viewport });
  if (lang === "en") v.only = seenAgain;
  const { page } = v;
  await v.go(`/${lang}`);
  await v.look("catalogue");
  await page.fill("#q", w.search);
  await page.press("#q", "Enter");
  await page.waitForURL(/[?&]q=/);
  assert.equal(await page.locator(".card").count(), 1, `${v.name}: the search “${w.search}” finds the bundle`);
  await v.look("found");
  await page.goto(`${server.url}/${lang}?q=xyzzy`);
  await v.look("not-found-anything");
  await v.go(`/${lang}/events`);
  await v.look("front");
  await page.getByRole("link", { name: w.start, exact: true }).first().click();
  await page.waitForURL(/questions/);
  await v.look("questions-empty");

  // A mistake keeps what was typed and says where it is.
  await page.fill('[id="municipality-add"]', w.wrong);
  await page.fill('[id="starts_at-date"]', "35.7.2027");
  await page.fill('[id="starts_at-time"]', "18");
  await page.getByRole("button", { name: w.next }).last().click();
  await page.waitForSelector("#errors");
  assert.equal(await page.locator("#errors li").count(), 2, `${v.name}: two mistakes are listed`);
  assert.match(await page.locator("#q-municipality .error").innerText(), new RegExp(w.near), `${v.name}: the near name is suggested`);
  assert.equal(await page.inputValue('[id="starts_at-date"]'), "35.7.2027", `${v.name}: what was typed stays`);
  if (scripts) assert.equal(await page.evaluate(() => document.activeElement.id), "errors", `${v.name}: the keyboard is at the list of mistakes`);
  await v.look("questions-mistakes");
  await page.locator("#errors a").first().click();
  assert.equal(await page.evaluate(() => location.hash), "#municipality-add");

  const mine = { ...answers, municipality: [w.town] };
  let pages = 0;
  for (; !/\/result/.test(page.url()); pages++) {
    assert.ok(pages < 40, `${v.name}: the questionnaire does not end`);
    const here = page.url();
    await fillPage(page, mine, scripts);
    if (/questions\/(place|fire)/.test(here)) await v.look("questions-" + /questions\/(\w+)/.exec(here)[1]);
    const heading = await page.locator("h1").innerText();
    const shown = await page.locator("[data-question]").count();
    await page.locator("#buttons button[value=next]").click();
    await page.waitForFunction(([h, n]) => document.querySelector("h1")?.innerText !== h || document.querySelectorAll("[data-question]").length !== n, [heading, shown]);
    assert.equal(await page.locator("#errors").count(), 0, `${v.name}: ${here} was refused: ${await page.locator("#errors").allInnerTexts()}`);
  }
  assert.ok(pages >= 5, `${v.name}: only ${pages} pages were asked`);
  await v.look("result");
  const names = await page.locator(".verdict-needed .need").evaluateAll((all) => all.map((e) => e.id));
  for (const id of plan.needs) assert.ok(names.includes("r-" + id), `${v.name}: ${id} is needed, found ${names}`);
  assert.ok(await page.locator(".verdict-needed .law a[href*='finlex']").count() > 0, `${v.name}: laws are linked`);
  assert.equal(await page.locator(".verdict-open").count(), 0, `${v.name}: nothing is open when everything is answered`);
  assert.ok(await page.locator(".verdict-not .without").count() > 10, `${v.name}: what is not needed is told`);

  // The answers come along to every view, to the other language and to the shared link.
  const link = await page.inputValue("#share");
  for (const tab of ["timeline", "overview", "answers"]) {
    await page.locator(`.tabs a[href*="/${tab}"]`).click();
    await page.waitForURL(new RegExp(`/${tab}`));
    await v.look(tab);
  }
  await page.getByRole("link", { name: w.other, exact: true }).click();
  await page.waitForURL(new RegExp(`/${w.otherLang}/events/answers`));
  assert.equal(await page.evaluate(() => document.documentElement.lang), w.otherLang);
  await page.goto(link);
  assert.deepEqual(await page.locator(".verdict-needed .need").evaluateAll((all) => all.map((e) => e.id)), names, `${v.name}: the shared link says the same`);
  await page.locator('.take a[href*="/print"]').click();
  await page.waitForURL(/\/print/);
  await v.look("print", lang === "fi");
  if (!scripts) await page.pdf({ path: join(pictures, `${v.name}-print.pdf`), format: "A4" });

  // Going back leads to the answers as they were; changing one changes the result.
  await page.goto(link);
  await page.locator('.tabs a[href*="/answers"]').click();
  await page.waitForURL(/\/answers/);
  await page.locator('a[href$="#q-attendees_peak"]').click();
  await page.waitForURL(/questions\/people/);
  assert.equal((await page.inputValue("#attendees_peak")).replace(/\s/g, ""), String(answers.attendees_peak));
  await page.fill("#attendees_peak", "1 00");
  await page.locator("#buttons button[value=result]").click();
  await page.waitForURL(/\/result/);
  assert.notEqual(await page.inputValue("#share"), link, `${v.name}: the changed answer is in the link`);
  await page.goBack();
  await page.waitForURL(/questions\/people/);
  await v.close();
}

// live checks what scripts add: the result changes without a page load, the keyboard stays where it is, questions come and go, and an
// answer that is put aside comes back.
async function live() {
  const v = await Visitor.open(server, "live", { viewport: desk });
  const { page } = v;
  await v.go("/fi/events/questions/sound");
  await page.evaluate(() => { window.stayed = true; });
  // settled waits until everything that was answered has been sent and shown.
  const settled = async () => {
    await page.waitForSelector("#ask[data-busy]", { state: "attached", timeout: 2000 }).catch(() => {});
    await page.waitForSelector("#ask:not([data-busy])", { state: "attached" });
  };
  assert.equal(await page.locator("#q-sound_22_07").count(), 0, "a question that hangs on another is hidden at first");
  await Promise.all([settled(), page.check("#amplified_sound-yes")]);
  await page.waitForSelector("#q-sound_22_07");
  assert.equal(await page.evaluate(() => document.activeElement.id), "amplified_sound-yes", "the keyboard stays");
  await Promise.all([settled(), page.check("#sound_22_07-yes")]);
  await Promise.all([settled(), page.check("#amplified_sound-no")]);
  await page.waitForSelector("#q-sound_22_07", { state: "detached" });
  await Promise.all([settled(), page.check("#amplified_sound-yes")]);
  await page.waitForSelector("#q-sound_22_07");
  assert.ok(await page.isChecked("#sound_22_07-yes"), "an answer that was put aside comes back");
  await Promise.all([settled(), page.check("#noise_disturbing-yes")]);
  await page.waitForFunction(() => document.querySelector("#panel .part-needed")?.textContent.includes("Meluilmoitus"));
  assert.match(await page.locator("#announce").textContent(), /Tarvitset yhden asian/, "the change is said aloud");
  assert.ok(page.url().includes("?a="), "the address has the answers");
  await page.locator("#buttons button[value=next]").click();
  await page.waitForURL(/questions\/serving/);
  assert.ok(await page.evaluate(() => window.stayed), "the page was not loaded anew");
  assert.equal(await page.evaluate(() => document.activeElement.id), "heading", "the keyboard is at the new heading");
  await page.goBack();
  await page.waitForSelector("#q-amplified_sound");
  assert.ok(await page.isChecked("#amplified_sound-yes"), "going back keeps the answers");
  assert.ok(await page.evaluate(() => window.stayed));
  await page.reload();
  assert.ok(await page.isChecked("#noise_disturbing-yes"), "reloading keeps the answers");

  // Several municipalities, by any name; unticking removes one.
  await v.go("/fi/events/questions/event");
  await page.fill("#municipality-add", "vanda");
  await Promise.all([settled(), page.press("#municipality-add", "Enter")]);
  await page.waitForSelector("#municipality-092");
  await page.fill("#municipality-add", "Espoo");
  await page.waitForSelector("#municipality-049");
  assert.equal(await page.inputValue("#municipality-add"), "", "the field is free for the next name");
  await page.waitForSelector("#ask:not([data-busy])", { state: "attached" });
  await Promise.all([settled(), page.uncheck("#municipality-092")]);
  await page.reload();
  assert.equal(await page.locator("#municipality-092").count(), 0);
  assert.ok(await page.isChecked("#municipality-049"));

  // What is typed while the server thinks is not lost.
  await page.fill("#starts_at-date", startDay);
  await page.locator("#starts_at-date").blur();
  await page.locator("#starts_at-time").pressSequentially("18.30", { delay: 60 });
  assert.equal(await page.inputValue("#starts_at-time"), "18.30", "what is typed while the server thinks is not lost");
  await Promise.all([settled(), page.locator("#starts_at-time").blur()]);
  await page.reload();
  assert.equal(await page.inputValue("#starts_at-time"), "18.30");
  await v.close();
}

// keyboard goes through the first page and to the result without a pointer, and sees where it is at every stop.
async function keyboard() {
  const v = await Visitor.open(server, "keyboard", { viewport: desk });
  const { page } = v;
  await v.go("/fi/events/questions/event");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
  await page.keyboard.press("Enter");
  const seen = new Set();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const of = e.matches(".option input") ? e.nextElementSibling : e.matches("h3 a") ? e : e;
      const s = getComputedStyle(of), box = e.getBoundingClientRect();
      return { id: e.id || e.getAttribute("href") || e.textContent.trim(), ring: s.boxShadow !== "none" || (s.outlineStyle !== "none" && !/rgba\(0, 0, 0, 0\)/.test(s.outlineColor)),
        inView: box.bottom > 0 && box.top < innerHeight, value: e.value, name: e.name };
    });
    if (!stop) break;
    seen.add(stop.id);
    assert.ok(stop.ring, `the focus shows at ${stop.id}`);
    assert.ok(stop.inView, `${stop.id} is in view when it has the focus`);
    if (stop.id === "event_kind-public_event") await page.keyboard.press("Space");
    if (stop.id === "municipality-add") { await page.keyboard.type("Tampere"); await page.keyboard.press("Enter"); await page.waitForSelector("#municipality-837"); }
    if (stop.id === "starts_at-date") await page.keyboard.type(startDay);
    if (stop.id === "starts_at-time") await page.keyboard.type("12");
    if (stop.name === "do" && stop.value === "next") break;
  }
  for (const id of ["event_kind-public_event", "municipality-add", "starts_at-date", "ends_at-time"]) assert.ok(seen.has(id), `the keyboard reaches ${id}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(/questions\/people/);
  await v.close();
}

// odd pages: those that nobody wants to see.
async function odd() {
  for (const lang of ["fi", "sv", "en"]) {
    const v = await Visitor.open(server, `odd-${lang}`, { viewport: hand });
    for (const [kind, path, status] of [["404", "/nowhere", 404], ["bad-link", "/events/result?a=1xx", 400], ["bad-day", "/events?on=yesterday", 400], ["empty-result", "/events/result", 200], ["empty-timeline", "/events/timeline", 200], ["empty-overview", "/events/overview", 200], ["empty-answers", "/events/answers", 200]]) {
      const answer = await v.go(`/${lang}${path}`);
      assert.equal(answer.status(), status, `${v.name}: ${path}`);
      assert.equal(await v.page.evaluate(() => document.documentElement.lang), lang);
      await v.look(kind, lang === "fi" || kind === "404");
    }
    await v.close();
  }
  const v = await Visitor.open(server, "api", { viewport: hand });
  await v.go("/api");
  await v.look("api");
  await v.close();
}

const walks = {
  "fi-plain-desk": () => wholeWay("fi", false, desk),
  "sv-scripts-hand": () => wholeWay("sv", true, hand),
  "en-scripts-desk": () => wholeWay("en", true, desk),
  "en-plain-hand": () => wholeWay("en", false, hand),
  live, keyboard, odd,
  ...journeys(root),
};
let passed = 0, failed = 0;
for (const [name, walk] of Object.entries(walks)) {
  if (process.env.ONLY && !name.startsWith(process.env.ONLY)) continue;
  if (!process.env.ONLY && name === "journey-besides") {
    console.log("NOT RUN journey-besides: ONLY=journey-besides runs it");
    continue;
  }
  const began = Date.now();
  try {
    await walk();
    passed++;
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n${error.stack}`);
  }
}
await browser.close();
await server.stop();
console.log(`pictures of the pages: ${pictures}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
