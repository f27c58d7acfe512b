// Fills in a case in headless Chromium with scripts: what is typed is saved as it is typed, fields come and go, items are added and
// taken away by the keyboard, a colleague writes at the same time, the line breaks, documents are sent. axe looks at every page, at a
// desk and in a hand. Pictures are left in a temporary folder, whose name is said at the end.
//
//   LUVAT=path/to/luvat node work.mjs   with a program that is built; without LUVAT it is built first

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { serve } from "./serve.mjs";
import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";

const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => p && existsSync(p));
if (!executablePath) {
  console.error("There is no Chromium here: install it (apt-get install chromium) or say where it is with CHROMIUM=…");
  process.exit(1);
}
const pictures = process.env.SCREENSHOTS ?? await mkdtemp(join(tmpdir(), "luvat-work-"));
const port = await new Promise((found) => { const free = createServer().listen(0, "127.0.0.1", () => { const { port } = free.address(); free.close(() => found(port)); }); });
const server = await serve(resolve(import.meta.dirname, "../.."), ["--dev", "--addr", `127.0.0.1:${port}`, "--data", await mkdtemp(join(tmpdir(), "luvat-data-"))]);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const company = "9001001-7";
const faults = [];

const concert = {
  event_kind: "public_event", organiser_type: "company", municipality: ["853"], starts_at: "2027-07-03T17:00", ends_at: "2027-07-05T23:30", attendees_peak: 5000, attendees_total: 9000,
  place_types: ["street_square_park"], place_owner: "municipality", restricts_other_use: true, area_enclosed: true, stewards: "approved", amplified_sound: true, noise_disturbing: true,
  sound_22_07: true, music: "live", food: "operator", structures: ["stage", "tent"], fireworks: "none", alcohol: "none", lpg_kg: 12.5,
};

async function visitor(persona) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "fi-FI", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(10000);
  page.on("pageerror", (e) => faults.push(`script: ${e.message}`));
  page.on("console", (m) => { if (m.type() === "error" && !/status of (4|5)\d\d|ERR_INTERNET_DISCONNECTED/.test(m.text())) faults.push(`console: ${m.text()}`); });
  await page.goto(`${server.url}/fi/login/persona`);
  await page.locator(`form:has(input[value="${persona}"]) button`).click();
  await page.waitForURL(/\/fi\/(my|party)/);
  await page.goto(`${server.url}/fi/party`);
  await page.locator(`input[value="${company}"]`).check({ force: true });
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL(/\/fi\/my/);
  return page;
}

let pictured = 0;
async function look(page, name) {
  for (const [where, viewport] of [["desk", { width: 1280, height: 900 }], ["hand", { width: 390, height: 844 }]]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) faults.push(`${name} scrolls sideways by ${wide} px ${where === "hand" ? "in a hand" : "at a desk"}`);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(pictures, `${String(++pictured).padStart(2, "0")}-${name}-${where}.png`), fullPage: true });
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    faults.push(...violations.map((x) => `axe on ${name}, ${where}: ${x.id}: ${x.nodes.map((n) => n.target.join(" ")).join(", ")} – ${x.help}`));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}
const id = (name) => `[id="${name}"]`;
const focused = (page) => page.evaluate(() => document.activeElement.id);
const saved = async (page, act) => {
  const answer = page.waitForResponse((r) => r.request().method() === "POST" && r.url().includes("/form/"));
  await act();
  await answer;
  await page.waitForFunction(() => /Tallennettu/.test(document.getElementById("saved").textContent));
};

const walks = {
  async saving(page, url) {
    await page.goto(`${url}/form/common-contact`);
    await look(page, "section");
    await saved(page, () => page.fill(id("term:contact:phone"), "0401234567"));
    await page.reload();
    assert.equal(await page.inputValue(id("term:contact:phone")), "0401234567", "what was typed is not there after loading the page anew");
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.ok(!stored.includes("0401234567") && !stored.includes("Elina"), `the browser keeps something of the case: ${stored}`);
  },
  async conditions(page, url) {
    await page.goto(`${url}/form/common-invoicing`);
    assert.equal(await page.locator(id("term:invoicing:email")).count(), 0);
    await saved(page, () => page.locator('label:has(input[value="email"])').click());
    await page.locator(id("term:invoicing:email")).waitFor();
    await saved(page, () => page.locator('label:has(input[value="paper"])').click());
    await page.locator(id("term:invoicing:address")).waitFor();
    assert.equal(await page.locator(id("term:invoicing:email")).count(), 0, "a field that is not asked any more is still there");
  },
  async lists(page, url) {
    await page.goto(`${url}/form/common-times`);
    const add = page.locator(id("add:term:times:daily"));
    for (const n of [0, 1, 2]) {
      await add.focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction((want) => document.activeElement.id === want, `term:times:daily.${n}.date`);
      await page.keyboard.type(`${n + 3}.7.2027`);
      await page.fill(id(`term:times:daily.${n}.opens`), "12");
      await page.fill(id(`term:times:daily.${n}.closes`), "20.30");
    }
    assert.match(await page.textContent("#announce"), /Lisätty: Päivä/);
    await look(page, "table");
    const remove = (n) => page.locator(`button[name="remove:term:times:daily.${n}"]`).click();
    await remove(1);
    await page.waitForFunction(() => document.activeElement.id === "term:times:daily.1");
    assert.equal(await page.inputValue(id("term:times:daily.1.date")), "5.7.2027");
    assert.match(await page.textContent("#announce"), /Poistettu: Päivä 2/);
    await remove(1);
    await page.waitForFunction(() => document.activeElement.id === "term:times:daily.0");
    await remove(0);
    await page.waitForFunction(() => document.activeElement.id === "add:term:times:daily");
  },
  async mistakes(page, url) {
    await page.goto(`${url}/form/common-times`);
    await page.fill(id("term:times:build_up"), "31.6.2027");
    await page.fill(id("term:times:build_up:time"), "8");
    await page.getByRole("button", { name: "Tallenna ja jatka" }).click();
    await page.locator("#errors").waitFor();
    assert.equal(await focused(page), "errors", "the list of mistakes has not the keyboard");
    await look(page, "mistakes");
    await page.locator("#errors a").first().click();
    assert.equal(await focused(page), "term:times:build_up");
    await saved(page, async () => { await page.fill(id("term:times:build_up"), "30.6.2027"); await page.keyboard.press("Tab"); });
    await page.waitForFunction(() => !document.querySelector('[id="term:times:build_up:error"]'));
  },
  async clash(page, url) {
    const other = await visitor("colleague");
    await page.goto(`${url}/form/common-safety`);
    await other.goto(`${url}/form/common-safety`);
    await saved(other, () => other.fill(id("term:safety:name"), "Johan Berg"));
    await saved(other, () => other.fill(id("term:safety:phone"), "0405555555"));
    await saved(page, () => page.fill(id("term:safety:name"), "Maija Mallikas"));
    const box = page.locator(".clash");
    await box.waitFor();
    assert.match(await box.innerText(), /Johan Sundqvist[\s\S]*Johan Berg/);
    assert.equal(await page.inputValue(id("term:safety:name")), "Maija Mallikas", "what was typed is gone");
    await page.waitForFunction(() => document.getElementById("term:safety:phone").value === "0405555555"); // the colleague's, which nobody else touched
    await look(page, "clash");
    await saved(page, () => box.getByText("Käytä tallennettua tietoa").click());
    await page.waitForFunction(() => !document.querySelector(".clash") && document.getElementById("term:safety:name").value === "Johan Berg");
    await other.context().close();
  },
  async offline(page, url) {
    await page.goto(`${url}/form/common-event`);
    await page.context().setOffline(true);
    await page.fill(id("term:event:name"), "Jokirannan kesäkonsertti");
    await page.waitForFunction(() => /Ei tallennettu/.test(document.getElementById("saved").textContent));
    await look(page, "offline");
    await page.context().setOffline(false);
    await page.waitForFunction(() => /Tallennettu/.test(document.getElementById("saved").textContent));
    await page.reload();
    assert.equal(await page.inputValue(id("term:event:name")), "Jokirannan kesäkonsertti");
  },
  async leaving(page, url) {
    await page.goto(`${url}/form/common-event`);
    await page.fill(id("term:event:description"), "Kaksi lavaa ja ruokakojuja joen rannassa.");
    await page.locator(".crumbs a").last().click(); // before anything has been saved
    await page.locator(".task-list").first().waitFor();
    await page.goto(`${url}/form/common-event`);
    assert.equal(await page.inputValue(id("term:event:description")), "Kaksi lavaa ja ruokakojuja joen rannassa.", "what was typed last was lost on leaving the page");
  },
  async hurry(page, url) { // the form is sent while what was typed before is still on its way
    await page.goto(`${url}/form/common-event`);
    await page.route("**/form/common-event", async (r) => {
      if (r.request().headers()["x-part"]) await new Promise((later) => setTimeout(later, 1200));
      await r.continue();
    });
    const started = page.waitForRequest((r) => r.headers()["x-part"] === "live");
    await page.locator(id("term:event:name")).pressSequentially("Jokiranta");
    await started;
    await page.locator(id("term:event:name")).pressSequentially(" soi");
    await page.getByRole("button", { name: "Tallenna ja palaa" }).click();
    await page.locator(".task-list").first().waitFor();
    await page.unroute("**/form/common-event");
    await page.goto(`${url}/form/common-event`);
    assert.match(await page.inputValue(id("term:event:name")), /Jokiranta soi$/);
  },
  async documents(page, url) {
    await page.goto(`${url}/attachments`);
    await look(page, "documents");
    const card = page.locator("[data-slot]").first();
    await card.locator("input[type=file]").setInputFiles([
      { name: "kartta.pdf", mimeType: "application/pdf", buffer: Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(3 << 20, 120)]) },
      { name: "virus.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ nothing") },
      { name: "kuva.png", mimeType: "image/png", buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64") },
    ]);
    await card.getByText("kuva.png").first().waitFor();
    assert.match(await card.innerText(), /2 tiedostoa[\s\S]*virus\.exe on tiedosto, jonka muotoa ei tunnistettu/);
    await look(page, "documents-sent");
    await card.getByRole("button", { name: /Poista tiedosto – kartta.pdf/ }).click();
    await page.locator("#removed").waitFor();
    await look(page, "documents-removed");
    await page.getByRole("button", { name: "Kumoa poisto" }).click();
    await page.getByText("kartta.pdf").first().waitFor();
  },
  async check(page, url) {
    await page.goto(`${url}/check`);
    await page.locator(".hinders").waitFor();
    await look(page, "check");
    await page.locator('.hinder-part:has(a[href*="/form/"]) summary').first().click();
    const link = page.locator('.hinder-part[open] a[href*="/form/"]').first();
    const target = decodeURIComponent((await link.getAttribute("href")).split("#")[1]);
    await link.click();
    await page.waitForFunction((want) => document.activeElement?.id === want || document.getElementById(want)?.contains(document.activeElement), target);
  },
};

let failed = 0;
try {
  const page = await visitor("representative");
  await page.goto(`${server.url}/fi/events/start?a=1${deflateRawSync(Buffer.from(JSON.stringify(concert))).toString("base64url")}`);
  await page.fill("#title", "Aurajoen kesäfestivaali");
  await page.locator("form:has(#title) button:not([aria-hidden])").last().click();
  await page.waitForURL(/\/my\/[0-9a-z]{20}/);
  const url = page.url();
  await look(page, "workspace");
  for (const [name, walk] of Object.entries(walks)) {
    if (process.env.ONLY && process.env.ONLY !== name) continue;
    const began = Date.now();
    try {
      await walk(page, url);
      console.log(`ok   ${name} ${Date.now() - began} ms`);
    } catch (error) {
      failed++;
      await page.screenshot({ path: join(pictures, `failed-${name}.png`), fullPage: true });
      console.log(`FAIL ${name}: ${error.stack.split("\n").slice(0, 4).join("\n")}`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
for (const fault of new Set(faults)) console.log(`FAULT ${fault}`);
console.log(`pictures: ${pictures}`);
process.exit(failed || faults.length ? 1 : 0);
