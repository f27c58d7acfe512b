// A case from the first question to every authority, in headless Chromium, with and without scripts: a festival in Turku for 5,000 people,
// organised by a company, sent to the police's own system, by e-mail alerts to the others, and left to the customer where nobody has
// joined. Then short walks about what may go wrong on the way. walk.mjs runs it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { serve } from "./serve.mjs";
import { fillPage } from "./plan.mjs";
import { Filler, festival, name } from "./fill.mjs";
import { exe, pdf, png } from "./paper.mjs";
import { Receiver } from "./receiver.mjs";
import { Visitor, desk, hand } from "./visitor.mjs";

const police = "pol-lounais-suomi", company = "9001001-7";
const light = { "kunta-853": "fi", "pel-varsinais-suomi": "fi", lvv: "sv" }; // and the language of their alerts

// opened starts luvat on a folder of its own, with the police's own system beside it.
async function opened(root) {
  const data = mkdtempSync(join(tmpdir(), "luvat-journey-")), system = await Receiver.open();
  const channels = [`  ${police}:`, `    integration: ${system.address}`, `    secret: ${police}`,
    ...Object.entries(light).map(([id, lang]) => `  ${id}: {light: ${id}@authorities.example, language: ${lang}}`)];
  writeFileSync(join(data, "channels.yaml"), `channels:\n${channels.join("\n")}\n`);
  const server = await serve(root, ["--dev", "--data", join(data, "kept"), "--channels", join(data, "channels.yaml")],
    { LUVAT_SECRET_POL_LOUNAIS_SUOMI: system.secret });
  return { server, system, close: async () => { await server.stop(); await system.close(); } };
}

// visits opens a visitor, runs a walk with it and says, when it fails, what was on the page.
async function visits(server, who, options, walk) {
  const v = await Visitor.open(server, who, options);
  try {
    await walk(v);
  } catch (error) {
    error.stack += `\n${await v.told()}\nluvat's log ends with:\n${server.log().split("\n").slice(-8).join("\n")}`;
    await v.page.screenshot({ path: join(process.env.SCREENSHOTS ?? tmpdir(), `failed-${who}.png`), fullPage: true }).catch(() => {});
    await v.context.close();
    throw error;
  }
  await v.close();
}

// login logs a persona in at the page where the visitor is led to, or from the start, and acts for the company where there is a choice.
async function login(v, persona, see = false) {
  const { page } = v;
  if (!page.url().includes("/login")) await v.go("/fi/login");
  if (see) await v.see("login");
  await page.locator(".ways a").first().click();
  await page.waitForURL(/\/login\/persona/);
  if (see) await v.see("personas");
  await page.locator(`form:has(input[value="${persona}"]) button`).click();
  await page.waitForURL((u) => !/\/login\//.test(u.pathname));
  if (!/\/party/.test(page.url())) return;
  if (see) await v.see("party");
  await page.locator(`label:has(input[value="${company}"])`).click();
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL((u) => !/\/party/.test(u.pathname));
}

const pdfText = (file) => {
  const { stdout, status, error } = spawnSync("pdftotext", ["-raw", "-", "-"], { input: file, encoding: "utf8" });
  assert.equal(status, 0, `pdftotext: ${error ?? status}`);
  return stdout;
};

// --- the journey

function journey(root, scripts) {
  return async () => {
    const { server, system, close } = await opened(root);
    try {
      await visits(server, scripts ? "journey-scripts" : "journey-plain", { javaScriptEnabled: scripts }, async (v) => {
        v.axeAt = scripts ? [desk] : [hand]; // the two plays see both widths
        await questions(v, scripts);
        const home = await begin(v);
        await workspace(v, home);
        await sections(v, home);
        await documents(v, home);
        const sent = await check(v, home);
        await receipt(v, sent);
        await delivered(v, home, sent, system);
        await letters(v, sent);
        await office(v, server, home, sent, scripts);
        await amend(v, home, system);
        await message(v, home, system);
        await withdraw(v, home, system);
        await folder(v, home, sent);
        await history(v, home);
      });
    } finally {
      await close();
    }
  };
}

async function questions(v, scripts) {
  const { page } = v;
  await v.go("/fi");
  await v.see("catalogue");
  await page.locator('.card a[href*="/events"]').first().click();
  await page.waitForURL(/\/fi\/events/);
  await page.getByRole("link", { name: "Aloita", exact: true }).first().click();
  for (let pages = 0; !/\/result/.test(page.url()); pages++) {
    assert.ok(pages < 40, "the questionnaire does not end");
    await page.waitForURL(/questions|result/);
    const here = page.url();
    await fillPage(page, festival, scripts);
    if (pages === 0) await v.see("questions");
    const heading = await page.locator("h1").innerText(), shown = await page.locator("[data-question]").count();
    await page.locator("#buttons button[value=next]").click();
    await page.waitForFunction(([h, n]) => document.querySelector("h1")?.innerText !== h || document.querySelectorAll("[data-question]").length !== n, [heading, shown]);
    assert.equal(await page.locator("#errors").count(), 0, `${here} was refused`);
  }
  await v.see("result");
  const needed = await page.locator(".verdict-needed .need").evaluateAll((all) => all.map((e) => e.id.slice(2)));
  for (const one of ["public-event-notice", "security-plan", "rescue-plan", "land-use-permission", "noise-notification", "alcohol-serving-licence", "steward-approval", "music-licence"]) {
    assert.ok(needed.includes(one), `${one} is needed, found ${needed}`);
  }
}

async function begin(v) {
  const { page } = v;
  await page.locator(".begin-do button").first().click();
  await page.waitForURL(/\/login/);
  await login(v, "representative", true);
  assert.match(page.url(), /\/fi\/events\/start/);
  assert.match(await page.locator("main").innerText(), /Aurajoen Tapahtumat Oy/);
  await v.see("start");
  await page.fill("#title", "");
  await page.locator("form:has(#title) button").last().click();
  await page.locator("#errors").waitFor();
  await v.see("start-mistake", []);
  await page.fill("#title", name);
  await page.locator("form:has(#title) button").last().click();
  await page.waitForURL(/\/fi\/my\/[0-9a-z]{20,}$/);
  return page.url();
}

async function workspace(v, home) {
  const { page } = v;
  await v.see("workspace");
  const side = await page.locator("main").innerText();
  assert.match(side, /Aurajoen Tapahtumat Oy/);
  await page.goto(`${home}/form/common-organiser`);
  const field = page.locator('[id="f:term:organiser:name"]');
  assert.equal(await field.locator("input").inputValue(), "Aurajoen Tapahtumat Oy", "the name is not filled in from the register");
  const year = new Date().getFullYear();
  assert.match(await page.locator('[id="f:term:organiser:address"] .source').innerText(), new RegExp(`Lähde: .+\\.${year} klo \\d{1,2}\\.\\d{2}`), "the source and its time are not shown");
  assert.match(await field.locator(".source").innerText(), new RegExp(`Lähde: .+\\.${year} klo`));
  await field.locator("details.readers summary").click();
  assert.match(await field.locator("details.readers").innerText(), /poliisilaitos/, "who reads the name is not said");
}

async function sections(v, home) {
  const { page } = v, filler = new Filler(v);
  await page.goto(home);
  const links = await page.locator('.task-list a[href*="/form/"]').evaluateAll((all) => all.map((a) => a.pathname));
  assert.ok(links.length > 20, `only ${links.length} sections are to be filled in`);
  await page.goto(v.server.url + links[0]);
  const seen = [];
  while (/\/form\//.test(page.url())) {
    const section = /\/form\/([a-z-]+)/.exec(page.url())[1];
    assert.ok(!seen.includes(section), `the form leads to ${section} again`);
    seen.push(section);
    await filler.section();
    if (v.plain || /^(common-(place|traffic|times)|own-noise-notification)$/.test(section)) await v.see(section);
    await filler.next();
  }
  for (const link of links) assert.ok(seen.some((s) => link.endsWith("/" + s)), `the form does not lead to ${link}`);
  assert.ok(filler.fields > 100 && filler.lists > 8, `only ${filler.fields} fields and ${filler.lists} lists were filled in`);
  await page.goto(home);
  const unfinished = await page.locator('.task-list li:has(a[href*="/form/"]):not(.task-done)').allInnerTexts();
  assert.deepEqual(unfinished.filter((t) => !/Vapaaehtoinen/.test(t)), [], "these are not done after everything was filled in");
}

async function documents(v, home) {
  const { page } = v;
  await page.goto(`${home}/attachments`);
  await v.see("documents");
  const slots = await page.locator("[data-slot]").evaluateAll((all) => all.map((s) => ({ id: s.id, name: s.querySelector("h2").textContent, required: Boolean(s.querySelector(".pill-open")), pictures: /\.png/.test(s.querySelector("input[type=file]").accept) })));
  const wanted = slots.filter((s) => s.required);
  assert.ok(wanted.length >= 3, `only ${wanted.length} documents are required`);
  for (const [i, slot] of wanted.entries()) {
    const kind = i % 2 || !slot.pictures ? { name: `suunnitelma ${i + 1}.pdf`, mimeType: "application/pdf", buffer: pdf(`Suunnitelma ${i + 1}`) } : { name: `kartta ${i + 1}.png`, mimeType: "image/png", buffer: png(300 + i) };
    await page.locator(`#${slot.id} input[type=file]`).setInputFiles(kind);
    if (v.plain) await page.locator(`#${slot.id} .upload button`).click();
    await page.locator(`#${slot.id} .file`).waitFor();
  }
  await v.see("documents-added");
  assert.equal(await page.locator(".pill-open").count(), 0, "a required document is missing after all were added");
}

// check sees that nothing is in the way and sends. It returns what was said where it would go.
async function check(v, home) {
  const { page } = v;
  await page.goto(`${home}/check`);
  await v.see("check");
  assert.equal(await page.locator(".hinders").count(), 0, "something is in the way");
  const plan = await page.locator(".planned-item").evaluateAll((all) => all.map((e) => ({ name: e.querySelector("h3").textContent.trim(), text: e.innerText })));
  const by = (what) => plan.filter((p) => what.test(p.text)).map((p) => p.name);
  const sent = { integration: by(/omaan järjestelmään/), light: by(/sähköpostilla/), direct: by(/Asioi itse suoraan/) };
  assert.ok(sent.integration.length >= 3 && sent.light.length >= 3 && sent.direct.length >= 1, `both ways and a direct one are to be shown: ${JSON.stringify(sent)}`);
  await page.locator(".send form button").click();
  await page.waitForURL(/\/receipt\/\d+$/);
  return sent;
}

async function receipt(v, sent) {
  const { page } = v;
  await v.see("receipt");
  sent.reference = (await page.locator(".receipt-reference").innerText()).trim();
  assert.match(sent.reference, /^LV-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const answer = await page.request.get(await page.locator('a[href$=".pdf"]').first().evaluate((a) => a.href));
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["content-type"], "application/pdf");
  const text = pdfText(await answer.body()); // a cell of a table is broken into lines between words
  const words = [sent.reference, ...["Aurajoen Tapahtumat Oy", ...sent.integration, ...sent.light, ...sent.direct].flatMap((what) => what.split(" "))];
  for (let n = 1; n <= sent.integration.length + sent.light.length; n++) words.push(`${sent.reference}-${n}`);
  for (const word of words) assert.ok(text.includes(word), `the receipt as a PDF does not say “${word}”:\n${text}`);
}

async function delivered(v, home, sent, system) {
  const { page } = v;
  const events = await system.of("fi.luvat.filing.submitted", sent.integration.length);
  assert.equal(events.length, sent.integration.length);
  for (const e of events) {
    assert.equal(e.data.reference, sent.reference);
    assert.equal(e.data.authority, police);
    assert.ok(sent.integration.includes(e.data.name.fi), `${e.data.name.fi} was not to be sent this way`);
  }
  const notice = events.find((e) => e.data.requirement === "public-event-notice");
  assert.ok(notice.data.attachments.length > 0, "no document went with the notice of the event");
  assert.ok(JSON.stringify(notice.data.data).includes(name));
  await page.goto(home);
  const waiting = () => page.locator(".filing .state").allInnerTexts().then((all) => all.filter((t) => /Toimitetaan|viivästyy|ei onnistunut/.test(t)));
  for (const until = Date.now() + 20000; (await waiting()).length && Date.now() < until; await page.waitForTimeout(200)) {
    if (v.plain) await page.reload();
  }
  assert.deepEqual(await waiting(), [], "not everything is delivered");
  assert.equal(await page.locator(".filing:not(.is-direct) .state-sent").count(), sent.integration.length + sent.light.length);
  assert.equal(await page.locator(".filing.is-direct").count(), sent.direct.length);
  await v.see("sent");
  const links = await page.locator(".filing:not(.is-direct) h3 a").evaluateAll((all) => all.map((a) => a.href));
  await page.goto(links[0]);
  await v.see("filing");
}

// letters reads the mailbox: an alert for each filing of the light channel without anything of the case, and the customer's receipt.
async function letters(v, sent) {
  const { page } = v;
  const all = async () => {
    await v.go("/dev/mailbox");
    return page.locator(".letter").evaluateAll((list) => list.map((l) => ({ text: l.innerText, lang: l.querySelector(".letter-text").lang })));
  };
  let box = await all();
  for (const until = Date.now() + 10000; box.length < sent.light.length + 1 && Date.now() < until; await page.waitForTimeout(200)) box = await all();
  await v.see("mailbox");
  const alerts = box.filter((l) => l.text.includes("@authorities.example"));
  assert.equal(alerts.length, sent.light.length, "each filing of the light channel has one alert");
  for (const { text } of alerts) {
    for (const secret of ["Aurajoen", company, "Elina", "Koskela", "123 4567", name, "Rantakatu", "Mäkelä", "kartta 1"]) assert.ok(!text.includes(secret), `an alert says “${secret}”:\n${text}`);
    assert.ok(text.includes(sent.reference), `an alert without the reference:\n${text}`);
  }
  assert.ok(alerts.some((l) => l.lang === "sv" && /Ni har fått|ärende/i.test(l.text)), "the alert of the authority that reads Swedish is not in Swedish");
  const mine = box.filter((l) => l.text.includes("elina.koskela@example.com"));
  assert.equal(mine.length, 1, "the customer has one letter");
  assert.ok(mine[0].text.includes(sent.reference) && !/Aurajoen|kesäfestivaali/.test(mine[0].text), `the customer's letter:\n${mine[0].text}`);
}

// office lets an officer of the city read what came by the light channel, confirm it and write to the customer.
async function office(v, server, home, sent, scripts) {
  await visits(server, `${v.name}-officer`, { javaScriptEnabled: scripts }, async (o) => {
    const { page } = o;
    o.axeAt = v.axeAt;
    await login(o, "city");
    await o.go("/fi/office");
    await o.see("office");
    const rows = await page.locator(".listing tbody th a").evaluateAll((all) => all.map((a) => ({ name: a.textContent.trim(), href: a.href })));
    const row = rows.find((r) => /Meluilmoitus/.test(r.name));
    assert.ok(row, `the noise notification is not among ${rows.map((r) => r.name)}`);
    await page.goto(row.href);
    await o.see("office-filing");
    const text = await page.locator("main").innerText();
    for (const what of [sent.reference, "Aurajoen Tapahtumat Oy", "Itäinen Rantakatu 40"]) assert.ok(text.includes(what), `the officer does not read “${what}”`);
    assert.ok(!/131052-908|010504A913/.test(text), "the city reads personal identity codes that only the police may");
    const paper = page.locator(".papers a").first();
    const answer = await page.request.get(await paper.evaluate((a) => a.href));
    assert.equal(answer.status(), 200, "the officer cannot open a document");
    await page.fill("#own", "TKU/2027/42");
    await page.locator('form[action$="/receive"] button').click();
    await page.getByText("Vastaanotto on kuitattu").waitFor();
    await page.fill("#text", "Kiitos. Onko äänitarkistus perjantaina?");
    await page.locator('form[action$="/message"] button').click();
    await page.getByText("Viesti on lähetetty asiakkaalle").waitFor();
    await o.see("office-answered", []);
    assert.equal((await page.goto(home)).status(), 404, "an officer opens the customer's own page of the case");
  });
  const { page } = v;
  await page.goto(home);
  assert.match(await page.locator(".filing", { hasText: "Meluilmoitus" }).innerText(), /Vastaanotettu[\s\S]*TKU\/2027\/42/);
  await v.see("sent-received", []);
}

async function amend(v, home, system) {
  const { page } = v;
  await page.goto(`${home}/form/common-contact`);
  await page.fill('[id="term:contact:phone"]', "+358 45 111 2222");
  await page.locator("#buttons button[value=continue]").click();
  await page.waitForURL((u) => !u.pathname.endsWith("/common-contact"));
  await page.goto(home);
  await page.locator(".todo a", { hasText: "muuttanut tietoja" }).click();
  await page.waitForURL(/\/amend$/);
  await v.see("amend");
  await page.locator('main form button[type=submit]').last().click();
  await page.waitForURL((u) => !u.pathname.endsWith("/amend"));
  await page.getByText("Muutokset on lähetetty").waitFor();
  const changed = await system.of("fi.luvat.filing.changed");
  assert.equal(changed[0].data.version, 2);
  assert.ok(JSON.stringify(changed[0].data.changes).includes("phone"), `the changes are ${JSON.stringify(changed[0].data.changes)}`);
  assert.ok(JSON.stringify(changed[0].data.data).replace(/\s/g, "").includes("358451112222"));
}

async function message(v, home, system) {
  const { page } = v;
  await page.goto(`${home}/messages`);
  await v.see("messages");
  const to = page.locator("main label.option", { hasText: "Ilmoitus yleisötilaisuudesta" }).first();
  await to.click();
  await page.fill("#text", "Ohjelmaan tulee vielä yksi esiintyjä lauantaille.");
  await page.locator("#write form button[type=submit]").click();
  await page.getByText("Viesti on lähetetty.").waitFor();
  await v.see("messages-sent", []);
  const [event] = await system.of("fi.luvat.message.sent");
  assert.match(event.data.text, /yksi esiintyjä/);
}

async function withdraw(v, home, system) {
  const { page } = v;
  await page.goto(`${home}/withdraw`);
  await page.locator("main form button[type=submit]").click();
  await page.locator("#errors").waitFor();
  await v.see("withdraw-mistake");
  await page.locator("main label.option", { hasText: "Liikenteenohjaaj" }).click();
  await page.fill("#reason", "Liikenteen ohjaa poliisi itse.");
  await page.locator("main form button[type=submit]").click();
  await page.waitForURL((u) => !u.pathname.endsWith("/withdraw"));
  await page.getByText("Valitsemasi on peruttu").waitFor();
  const [event] = await system.of("fi.luvat.filing.withdrawn");
  assert.equal(event.data.requirement, "traffic-controller-approval");
  assert.equal(event.data.reason, "Liikenteen ohjaa poliisi itse.");
  assert.equal(await page.locator(".filing.is-withdrawn").count(), 1);
  await v.see("sent-withdrawn", []);
}

async function folder(v, home, sent) {
  const { page } = v;
  await v.go("/fi/my");
  await v.see("folder");
  for (const [words, found] of [[sent.reference, 1], ["kesäfest", 1], ["rakennuslupa", 0]]) {
    await page.fill("#q", words);
    await page.locator(".filter-do button").click();
    await page.waitForURL((u) => u.searchParams.get("q") === words);
    assert.equal(await page.locator(`.cases a[href="${new URL(home).pathname}"]`).count(), found, `the search for “${words}”`);
  }
  await v.see("folder-nothing", []);
}

async function history(v, home) {
  const { page } = v;
  await page.goto(`${home}/history`);
  await v.see("history");
  const text = await page.locator("main").innerText();
  assert.match(text, /Tapahtumaketju on ehjä/);
  assert.match(text, /Noora Ahlgren/, "the officer who read the case is not told");
  const answer = await page.request.get(await page.locator('a[href*="export.json"]').evaluate((a) => a.href));
  assert.equal(answer.status(), 200);
  const exported = await answer.json();
  assert.ok(exported.entries.length > 20, `the export has ${exported.entries?.length} entries: ${Object.keys(exported)}`);
  for (const [i, e] of exported.entries.entries()) if (i) assert.equal(e.prev, exported.entries[i - 1].hash, `the chain of the export breaks at entry ${i + 1}`);
  await v.go("/fi/profile");
  await v.see("profile");
}

// --- what may come on the way

const phone = '[id="term:contact:phone"]', during = '[id="term:contact:during_event"]';

// drafted begins a case of the company with a few answers, as a shared link of the analyser has them.
async function drafted(v) {
  const some = { event_kind: "public_event", organiser_type: "company", municipality: ["853"], attendees_peak: 5000, place_types: ["street_square_park"], place_owner: "municipality", amplified_sound: true, noise_disturbing: true };
  await v.go(`/fi/events/start?a=1${deflateRawSync(Buffer.from(JSON.stringify(some))).toString("base64url")}`);
  await login(v, "representative");
  await v.page.locator("form:has(#title) button").last().click();
  await v.page.waitForURL(/\/my\/[0-9a-z]{20,}$/);
  return v.page.url();
}

// saved waits for the answer to what is typed or chosen, and for the page to say so.
async function saved(page, act) {
  const answer = page.waitForResponse((r) => r.request().method() === "POST" && r.url().includes("/form/"));
  await act();
  assert.equal((await answer).status(), 200);
  await page.waitForFunction(() => /Tallennettu|Sparat|Saved/.test(document.getElementById("saved").textContent));
}

const besides = {
  // A colleague of the same company finds the case and reads what was written.
  async colleague(v, server) {
    const home = await drafted(v);
    await v.page.goto(`${home}/form/common-contact`);
    await saved(v.page, () => v.page.fill(phone, "040 123 4567"));
    await visits(server, "journey-colleague", {}, async (c) => {
      await login(c, "colleague"); // acts for the company by himself: there is one
      await c.go("/sv/my");
      if (!await c.page.locator(`.cases a[href$="${home.slice(-26)}"]`).count()) {
        await c.go("/sv/party");
        await c.page.locator(`label:has(input[value="${company}"])`).click();
        await c.page.locator("main form button[type=submit]").click();
        await c.page.waitForURL(/\/sv\/my/);
      }
      await c.page.locator(`.cases a[href$="${home.slice(-26)}"]`).click();
      await c.page.goto(c.page.url() + "/form/common-contact");
      assert.equal((await c.page.inputValue(phone)).replace(/\s/g, ""), "0401234567");
    });
  },

  // Two browsers without scripts write to the same field: the second is shown both and chooses; other fields of the page are kept.
  async conflict(v, server) {
    const home = await drafted(v);
    await visits(server, "journey-second", { javaScriptEnabled: false }, async (c) => {
      await login(c, "representative");
      await c.page.goto(`${home}/form/common-contact`);
      await v.page.goto(`${home}/form/common-contact`);
      await saved(v.page, () => v.page.fill(phone, "040 123 4567"));
      await c.page.fill(phone, "050 765 4321");
      await c.page.fill(during, "050 000 1111");
      await c.page.locator("#buttons button[value=continue]").click();
      await c.page.locator(".clash").waitFor();
      const text = await c.page.locator('[id="f:term:contact:phone"]').innerText();
      assert.match(text.replace(/\s/g, ""), /0401234567/, `both numbers are to be shown: ${text}`);
      assert.equal((await c.page.inputValue(phone)).replace(/\s/g, ""), "0507654321", "what was typed is gone");
      await c.see("conflict");
      await c.page.locator('label:has([id="term:contact:phone:mine"])').click();
      await c.page.locator("#buttons button[value=continue]").click();
      await c.page.waitForURL((u) => !u.pathname.endsWith("/common-contact"));
    });
    await v.page.reload();
    assert.equal((await v.page.inputValue(phone)).replace(/\s/g, ""), "0507654321");
    assert.equal((await v.page.inputValue(during)).replace(/\s/g, ""), "0500001111");
  },

  // A consultant who was invited to read comes by the link in the letter, reads, and can neither write nor send; no letter says of what.
  async consultant(v, server) {
    const home = await drafted(v), { page } = v;
    await page.goto(`${home}/access`);
    await page.fill("#email", "veikko.rantala@example.com");
    await page.locator('label:has(input[name="role"][value="read"])').click();
    await page.locator('button[name="do"][value="invite"]').click();
    await page.getByText("Kutsu on lähetetty.").waitFor();
    await v.see("access");
    let letter;
    for (const until = Date.now() + 10000; Date.now() < until && !letter; await page.waitForTimeout(200)) {
      await v.go("/dev/mailbox");
      const found = page.locator(".letter", { hasText: "veikko.rantala@example.com" });
      if (await found.count()) letter = await found.first().innerText();
    }
    assert.ok(letter && !/Aurajoen|Koskela|9001001/.test(letter), `the invitation says too much, or there is none:\n${letter}`);
    await visits(server, "journey-consultant", {}, async (c) => {
      await c.page.goto(/https?:\S+\/invitation\/\S+/.exec(letter)[0]);
      await login(c, "consultant");
      await c.see("invitation");
      await c.page.locator("main form button[type=submit]").click();
      await c.page.waitForURL(/\/my\//);
      await c.page.goto(`${home}/form/common-contact`);
      assert.equal(await c.page.locator("#fill").count(), 0, "a reader is given a form to fill in");
      assert.match(await c.page.locator("main").innerText(), /Voit lukea tiedot, mutta et muuttaa niitä/);
      await c.see("section-read-only");
      const refused = await c.page.evaluate(async (url) => (await fetch(url, { method: "POST", body: new URLSearchParams({ base: "1", do: "list", "term:contact:phone": "040 999 9999" }) })).status, `${home}/form/common-contact`);
      assert.equal(refused, 403, "a reader's writing is not refused");
      await c.page.goto(`${home}/check`);
      assert.equal(await c.page.locator(".send").count(), 0, "a reader can send");
      await c.go("/fi/my?tab=shared");
      assert.equal(await c.page.locator(`.cases a[href$="${new URL(home).pathname}"]`).count(), 1, "the case is not among the shared ones");
      await c.go("/fi/my");
      assert.equal(await c.page.locator(".cases tbody tr").count(), 0, "the case is among one's own");
    });
  },

  // The session ends while a section is filled in: what was typed is there after logging in again.
  async session(v, server) {
    const home = await drafted(v);
    await visits(server, "journey-session", { javaScriptEnabled: false }, async (c) => {
      await login(c, "representative");
      await c.page.goto(`${home}/form/common-contact`);
      await c.page.fill(phone, "040 123 4567");
      await c.context.clearCookies();
      await c.page.locator("#buttons button[value=continue]").click();
      await c.page.waitForURL(/\/login/);
      assert.match(await c.page.locator("main").innerText(), /on tallessa/, "the login page does not say that what was typed is kept");
      await c.see("login-kept");
      await login(c, "representative");
      assert.equal(new URL(c.page.url()).pathname, new URL(`${home}/form/common-contact`).pathname);
      assert.equal((await c.page.inputValue(phone)).replace(/\s/g, ""), "0401234567", "what was typed before the session ended is gone");
      await c.see("section-kept");
      await c.page.locator("#buttons button[value=list]").click();
      await c.page.waitForURL(home + "**");
    });
    await v.page.goto(`${home}/form/common-contact`);
    assert.equal((await v.page.inputValue(phone)).replace(/\s/g, ""), "0401234567");
    // With scripts the page that was left open says so, too, and leads to the login.
    await v.context.clearCookies();
    await v.page.fill(during, "050 000 1111");
    await v.page.waitForFunction(() => /Istuntosi on päättynyt/.test(document.getElementById("saved").textContent));
    await v.see("session-ended");
  },

  // A document of a kind that is not asked for, and a program, are refused by name and reason, with and without scripts.
  async uploads(v, server) {
    const home = await drafted(v);
    const wrong = [{ name: "ohjelma.exe", mimeType: "application/pdf", buffer: exe() }, { name: "muistio.txt", mimeType: "text/plain", buffer: Buffer.from("Kokouksen muistio\n") }];
    const refuse = async (c) => {
      await c.page.goto(`${home}/attachments`);
      const card = c.page.locator("[data-slot]").first();
      await card.locator("input[type=file]").setInputFiles(wrong);
      if (c.plain) await card.locator(".upload button").click();
      await c.page.locator("[data-slot] .upload .error").first().waitFor();
      const text = await c.page.locator("main").innerText();
      for (const file of wrong) assert.match(text, new RegExp(`${file.name.replace(".", "\\.")} on .*(tiedosto|muoto)`), `${file.name} is not refused with a reason`);
      assert.equal(await c.page.locator(".file").count(), 0, "a program was taken");
      await c.see(`documents-refused`);
    };
    await refuse(v);
    await visits(server, "journey-uploads", { javaScriptEnabled: false }, async (c) => { await login(c, "representative"); await refuse(c); });
  },

  // The back button leads to the section as it was saved; changing the language in the middle keeps everything and the place.
  async back(v) {
    const home = await drafted(v), { page } = v;
    await page.goto(`${home}/form/common-contact`);
    await page.fill(phone, "040 123 4567");
    await page.fill(during, "040 123 4567");
    await page.locator("#buttons button[value=continue]").click();
    await page.waitForURL((u) => !u.pathname.endsWith("/common-contact"));
    await page.goBack();
    await page.waitForURL(/common-contact/);
    await page.reload(); // what the server has, not what the browser remembers
    assert.equal((await page.inputValue(phone)).replace(/\s/g, ""), "0401234567");
    for (const [lang, name] of [["sv", "Svenska"], ["en", "English"]]) {
      await page.fill(during, lang === "sv" ? "050 000 1111" : "050 222 3333");
      await page.getByRole("link", { name, exact: true }).click();
      await page.waitForURL(new RegExp(`/${lang}/my/.*/form/common-contact`));
      await page.reload();
      assert.equal((await page.inputValue(during)).replace(/\s/g, ""), lang === "sv" ? "0500001111" : "0502223333", "what was typed just before the language was changed is lost");
      await v.see(`section-${lang}`);
      await page.goto(home.replace("/fi/", `/${lang}/`));
      await v.see(`workspace-${lang}`);
      for (const rest of ["attachments", "check", "history", "access"]) {
        await page.goto(`${home.replace("/fi/", `/${lang}/`)}/${rest}`);
        await v.see(`${rest}-${lang}`, [hand]);
      }
      await page.goto(`${home.replace("/fi/", `/${lang}/`)}/form/common-contact`);
    }
  },

  // A section is filled in and sent by the keyboard alone; wherever the keyboard is, it shows and is in view.
  async keyboard(v) {
    const home = await drafted(v), { page } = v;
    await page.goto(`${home}/form/common-contact`);
    const typed = { "term:contact:phone": "040 123 4567", "term:contact:during_event": "050 000 1111" }, seen = new Set();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const shown = e.matches(".option input") ? e.nextElementSibling : e, s = getComputedStyle(shown), box = e.getBoundingClientRect();
        return { id: e.id || e.textContent.trim(), ring: s.boxShadow !== "none" || (s.outlineStyle !== "none" && !/rgba\(0, 0, 0, 0\)/.test(s.outlineColor)), inView: box.bottom > 0 && box.top < innerHeight, next: e.value === "continue" };
      });
      assert.ok(stop, "the keyboard leaves the page before the button to go on");
      assert.ok(stop.ring && stop.inView, `the focus at “${stop.id}” ${stop.ring ? "is out of view" : "does not show"}`);
      seen.add(stop.id);
      if (typed[stop.id]) await page.keyboard.type(typed[stop.id]);
      if (stop.next) break;
    }
    for (const id of Object.keys(typed)) assert.ok(seen.has(id), `the keyboard does not reach ${id}`);
    await page.keyboard.press("Enter");
    await page.waitForURL((u) => !u.pathname.endsWith("/common-contact"));
    await page.goto(`${home}/form/common-contact`);
    assert.equal((await page.inputValue(during)).replace(/\s/g, ""), "0500001111");
  },
};

function others(root) {
  return async () => {
    const { server, close } = await opened(root);
    try {
      for (const [what, walk] of Object.entries(besides)) {
        if (process.env.BESIDES && process.env.BESIDES !== what) continue;
        await visits(server, `journey-${what}-first`, {}, (v) => walk(v, server));
      }
    } finally {
      await close();
    }
  };
}

export function journeys(root) {
  return { "journey-scripts": journey(root, true), "journey-plain": journey(root, false), "journey-besides": others(root) };
}
