// A visitor of the service in headless Chromium, and what every page has to bear: it does not scroll sideways, has a title and one main
// heading in the right language, shows no key of a text, and axe finds nothing.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";

const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => p && existsSync(p));
if (!executablePath) {
  console.error("There is no Chromium here: install it (apt-get install chromium) or say where it is with CHROMIUM=…");
  process.exit(1);
}
export const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
export const desk = { width: 1280, height: 900 }, hand = { width: 390, height: 844 };

// pictures is the folder of the pictures of pages: SCREENSHOTS, or a temporary one.
export const pictures = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "luvat-pages-"));
mkdirSync(pictures, { recursive: true });

const locale = join(import.meta.dirname, "../locale");
const keys = new Set(readdirSync(locale).filter((name) => name.endsWith("fi.json")).flatMap((name) => Object.keys(JSON.parse(readFileSync(join(locale, name))))));

export class Visitor {
  // open makes a visitor of a server. Options are those of a browser context; javaScriptEnabled: false is a browser without scripts.
  static async open(server, name, options = {}) {
    const context = await browser.newContext({ locale: "fi-FI", reducedMotion: "reduce", viewport: desk, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    const v = new Visitor(server, name, context, page);
    v.plain = options.javaScriptEnabled === false;
    v.viewport = options.viewport ?? desk;
    v.watch(page);
    return v;
  }
  constructor(server, name, context, page) { Object.assign(this, { server, name, context, page, faults: [], looked: new Set(), n: 0 }); }
  watch(page) {
    page.on("pageerror", (e) => this.faults.push(`script: ${e.message}`));
    page.on("console", (m) => { if (m.type() === "error" && !/status of (4|5)\d\d/.test(m.text())) this.faults.push(`console: ${m.text()}`); });
    page.on("requestfailed", (r) => { if (!/ERR_ABORTED/.test(r.failure()?.errorText ?? "")) this.faults.push(`request: ${r.url()} ${r.failure()?.errorText}`); });
    page.on("request", (r) => { if (!r.url().startsWith(this.server.url)) this.faults.push(`a request left the server: ${r.url()}`); });
  }
  go(path) { return this.page.goto(this.server.url + path); }

  // look checks what holds for every page, and once for each kind of page takes a picture and lets axe see it; with only, for those kinds.
  async look(kind, axe = true) {
    const { page } = this;
    await this.bears(kind);
    if (this.looked.has(kind) || !axe || this.only && !this.only.includes(kind)) return;
    this.looked.add(kind);
    const began = Date.now();
    await this.picture(kind, "");
    await this.axe(kind);
    if (process.env.VERBOSE) console.log(`     ${this.name} ${kind} ${Date.now() - began} ms`);
  }

  // see is look at a desk and in a hand: a picture of each width, and axe at the widths that are given or that the visitor has.
  async see(kind, axe = this.axeAt ?? [desk, hand]) {
    if (this.looked.has(kind)) return;
    this.looked.add(kind);
    this.n++;
    const began = Date.now();
    for (const viewport of [hand, desk]) { // the visitor goes on at the desk
      await this.page.setViewportSize(viewport);
      await this.bears(kind);
      await this.picture(kind, viewport === hand ? "-hand" : "-desk");
      if (axe.includes(viewport)) await this.axe(`${kind} at ${viewport.width} px`, viewport);
    }
    if (process.env.VERBOSE) console.log(`     ${this.name} ${kind} ${Date.now() - began} ms`);
  }

  async bears(kind) {
    const { page } = this;
    const found = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, title: document.title, lang: document.documentElement.lang,
      headings: document.querySelectorAll("h1").length, text: document.body.innerText,
    }));
    assert.ok(found.wide <= 0, `${this.name}: ${kind} scrolls sideways by ${found.wide} px`);
    assert.ok(found.title.endsWith(" – luvat") && found.headings === 1, `${this.name}: ${kind} has the title “${found.title}” and ${found.headings} main headings`);
    const lang = /^\/(fi|sv|en)(\/|$)/.exec(new URL(page.url()).pathname)?.[1];
    if (lang) assert.equal(found.lang, lang, `${this.name}: ${kind} is in another language than its address says`);
    const bare = (found.text.match(/\b[a-z]+(\.[a-z-]+)+\b/g) ?? []).find((word) => keys.has(word));
    assert.equal(bare, undefined, `${this.name}: ${kind} shows a key instead of text`);
  }
  // picture takes the page, when somebody wants to look (SCREENSHOTS), as far down as 6,000 px: beyond that it costs seconds.
  async picture(kind, where) {
    if (!where) this.n++;
    if (!process.env.SCREENSHOTS) return;
    const number = String(this.n).padStart(2, "0"), path = join(pictures, `${this.name}-${number}-${kind}${where}.png`);
    return this.page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollHeight])
      .then(([width, height]) => this.page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, 6000) } }));
  }
  async axe(kind, viewport = this.viewport) {
    if (process.env.AXE === "no") return;
    const seen = this.plain ? await this.asSeen(viewport) : this.page;
    const { violations } = await new AxeBuilder({ page: seen }).options({ resultTypes: ["violations"] })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    this.faults.push(...violations.map((x) => `axe on ${kind}: ${x.id}: ${x.nodes.map((n) => n.target.join(" ")).join(", ")} – ${x.help}`));
  }
  // asSeen gives the page as it stands to a browser in which axe can run: axe needs scripts, the page must have none.
  async asSeen(viewport) {
    if (!this.other) {
      this.other = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
      await this.other.route("**/*.js", (r) => r.fulfill({ contentType: "text/javascript", body: "" }));
    }
    await this.other.setViewportSize(viewport);
    const url = this.page.url().replace(/#.*/, ""), body = await this.page.content();
    const same = (u) => u.href.replace(/#.*/, "") === url;
    await this.other.route(same, (r) => r.fulfill({ contentType: "text/html; charset=utf-8", body }));
    await this.other.goto(url);
    await this.other.unroute(same);
    return this.other;
  }
  // told is the text of the page, for a message that says what was there instead of what was expected.
  async told() {
    const text = await this.page.locator("main").innerText().catch(() => "nothing");
    return `${this.name} is at ${this.page.url()}, which says:\n${text.replace(/\n\s*\n+/g, "\n").slice(0, 3000)}`;
  }
  async close() {
    await this.other?.context().close();
    await this.context.close();
    assert.deepEqual([...new Set(this.faults)], [], `${this.name}: faults in the browser`);
  }
}
