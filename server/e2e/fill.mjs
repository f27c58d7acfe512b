// Fills in the form of a case as a customer would: whatever controls a page shows, by their kind, with the contents of a festival where
// they are known by name. It learns nothing from the service but the page.

import assert from "node:assert/strict";

const finnish = (d) => `${d.getDate()}.${d.getMonth() + 1}.${d.getFullYear()}`;
const from = new Date(Date.now() + 240 * 24 * 3600 * 1000);
const days = (n) => finnish(new Date(from.getTime() + n * 24 * 3600 * 1000));

// The questions of the analyser, by their ids, as plan.mjs has them.
export const festival = {
  event_kind: "public_event", organiser_type: "company", municipality: ["Turku"],
  starts_at: [days(0), "14.00"], ends_at: [days(1), "23.30"],
  attendees_peak: "5 000", attendees_total: "9 000", place_types: ["street_square_park"], place_owner: "municipality",
  restricts_other_use: "yes", area_enclosed: "yes", paid_entry: "yes", stewards: "approved", traffic_controllers: "yes", street_use: "yes",
  amplified_sound: "yes", sound_22_07: "yes", noise_disturbing: "yes", music: "live", food: "operator", alcohol: "over_2_8",
  structures: ["stage", "audience_tent"], structure_days: 4, lpg_kg: "66", diesel_l: 0, indoor_accommodation_persons: 0, camping_persons: 0,
};

export const name = "Aurajoen kesäfestivaali";

// By the name of an input, or the end of it, the longest that fits; # is the number of an item. An array gives one value after the other.
const contents = {
  "term:contact:phone": "040 123 4567", "term:contact:during_event": "+358 40 765 4321",
  "term:event:name": name,
  "term:event:description": "Kaksipäiväinen musiikkifestivaali puistossa joen varrella. Kaksi lavaa, ruokakojuja, anniskelualue ja lasten alue. Tapahtumaan myydään lippuja, ja alue on aidattu.",
  "term:event:programme": "Lauantai 14.00 portit aukeavat, 15.00–23.00 konsertteja. Sunnuntai 13.00 portit aukeavat, 14.00–23.00 konsertteja, 23.30 alue suljetaan.",
  "term:place:where.address": "Itäinen Rantakatu 40", "term:place:where.postal_code": "20810", "term:place:where.property": "853-3-9903-1",
  "term:place:where.point.lat": "60,4412", "term:place:where.point.lon": "22,2485",
  "term:place:area_description": "Puiston nurmialue rantakadun ja joen välissä sekä viereinen katuosuus.",
  "term:times:build_up.date": days(-2), "term:times:build_up.time": "8", "term:times:dismantling.date": days(3), "term:times:dismantling.time": "16.30",
  "term:people:staff": "180", "term:safety:name": "Mikko Mäkelä", "term:invoicing:way": "e_invoice", "term:invoicing:e_invoice_address": "003790010017", "term:invoicing:operator": "003721291126",
  "term:site:area_m2": "18 500", "term:stewards:count": "60", "term:traffic:controllers_count": "12", "term:plan:max_persons": "6 000", "term:plan:free_area_m2": "9 000",
  "term:sanitation:toilets": "70", "term:sanitation:accessible_toilets": "4", "form:large-event-health-notice:hand_washing": "24",
  "term:waste:responsible": "Siivouspalvelu Virta Oy", "form:waste-management-plan:carrier": "Jätekuljetus Ranta Oy",
  "term:consent:sharing": "true", "form:music-licence:licence_kind": "event", "form:music-licence:event_nature": "festival", "form:public-event-notice:series": "false",
  "form:noise-notification:level_at_homes_db": "55", "form:music-licence:ticket_income": "210 000,50", "term:fire:gas_places.#.place": ["Ruokakojut 1–4", "Ruokakojut 5–8", "Grillipiste"],
  ".hazard": ["Väkijoukon ruuhka portilla", "Myrsky ja ukkonen", "Sairauskohtaus kuumuudessa"], ".road": ["Itäinen Rantakatu", "Myllysilta", "Vähäheikkiläntie"], ".section": "Siltatorilta Myllysillalle",
  "roads.#.kind": "street", "roads.#.use": "closed", ".from.date": days(-2), ".from.time": "6", ".until.date": days(3), ".until.time": "20",
  "performers.#.name": ["Rantakadun Orkesteri", "Kuoro Kajo", "Duo Halla"], "performers.#.kind": "bändi",
  "structures.#.kind": ["stage", "tent", "fence"], "structures.#.description": ["Päälava", "Yleisöteltta", "Aluetta kiertävä aita"], "structures.#.size": ["12 × 10 m", "20 × 40 m", "900 m"], "structures.#.height_m": ["9", "6,5", "2"],
  ".personal_id": ["131052-9085", "010504A9135", "131052-9096"], ".card_number": ["1234567", "7654321", "2345678"], ".post": ["Portti A", "Portti B", "Siltatori"],
  "exits.#.name": ["Portti A", "Portti B", "Jokiranta"], ".width_m": ["4,5", "6", "3"],
  "vendors.#.name": ["Herkkukoju Oy", "Kahvikärry Ky", "Muurikka Oy"], "vendors.#.business_id": ["9001002-5", "9001003-3", "9001006-8"], ".sells": ["Makkaraa ja juomia", "Kahvia ja pullaa", "Muikkuja"], ".spot": ["K1", "K2", "K3"],
  "serving_areas.#.name": ["Anniskelualue A", "Anniskelualue B", "Terassi"], "serving_areas.#.where": "outdoors", ".customer_places": ["800", "300", "120"],
  "sensitive.#.name": ["Asunto-osakeyhtiö Rantakatu 12", "Palvelutalo", "Koulu"], ".distance_m": ["120", "340", "410"], "sounds.#.level_db": "98", "sounds.#.from": "14", "sounds.#.until": "23",
  ".day": [days(0), days(1), days(2)], ".date": [days(0), days(1), days(2)], ".opens": "14", ".closes": "23",
  ".name": ["Sari Lehto", "Olli Virta", "Tiina Salo"], ".place": ["Portti A", "Portti B", "Siltatori"],
  postal_code: "20100", business_id: "9001001-7", property: "853-3-9903-1", website: "https://www.example.fi",
};
const text = "Tapahtuman tiimi hoitaa tämän yhdessä kokeneen alihankkijan kanssa. Vastuut, paikat ja aikataulut on sovittu, ja ne kerrotaan kaikille ennen avaamista.";

function known(input, turns) {
  const name = input.name.replace(/\.\d+\./g, ".#.");
  const key = Object.keys(contents).filter((k) => name.endsWith(k)).sort((a, b) => b.length - a.length)[0];
  if (key === undefined) return undefined;
  const value = contents[key];
  if (!Array.isArray(value)) return value;
  const n = turns.get(key) ?? 0;
  turns.set(key, n + 1);
  return value[n % value.length];
}

// guess is what to put into an input that is not known by name.
function guess(input) {
  switch (input.kind) {
    case "textarea": return text;
    case "email": return "tapahtumat@example.fi";
    case "tel": return "050 555 0123";
    case "url": return "https://www.example.fi";
    case "decimal": case "numeric": return "12";
    case "date": return days(0);
    case "time": return "18";
    default: return "Pääalue";
  }
}

// inputs lists what can be filled in on the page and has no value yet, in the order of the page: text fields, lists of choices, groups of
// radios and of checkboxes.
const inputs = (page, within = "#fields") => page.locator(within).evaluate((root) => {
  const out = [], seen = new Set();
  for (const e of root.querySelectorAll("input:not([type=hidden]):not([type=file]):not(.date-native), textarea, select")) {
    if (e.closest(".clash")) continue;
    const inCombo = e.closest(".combo");
    if (inCombo && e.tagName === "SELECT") continue; // the field before it is filled in
    const name = e.name || inCombo?.querySelector("select").name;
    if (!name || seen.has(name)) continue;
    if (e.type === "radio" || e.type === "checkbox") {
      seen.add(name);
      const all = [...root.querySelectorAll(`input[name="${CSS.escape(name)}"]`)];
      if (all.some((x) => x.checked)) continue;
      out.push({ id: e.id, name, kind: e.type, options: all.map((x) => ({ id: x.id, value: x.value })) });
    } else if (!e.value) {
      seen.add(name);
      const options = (inCombo?.querySelector("select") ?? e).options;
      const kind = e.tagName === "TEXTAREA" ? "textarea" : options ? (inCombo ? "combo" : "select") : e.hasAttribute("data-date") ? "date"
        : e.classList.contains("input-time") ? "time" : e.inputMode && e.classList.contains("input-number") ? e.inputMode : e.type;
      out.push({ id: e.id, name, kind, options: options && [...options].filter((o) => o.value).map((o) => ({ value: o.value, text: o.text })) });
    }
  }
  return out;
});

const id = (name) => `[id="${name}"]`;

export class Filler {
  constructor(visitor) { Object.assign(this, { v: visitor, page: visitor.page, turns: new Map(), fields: 0, lists: 0 }); }

  // section fills in everything on the page of a section, until nothing empty is left, and leaves the page open.
  async section() {
    const done = new Set();
    for (let turn = 0; ; turn++) {
      assert.ok(turn < 12, `the section asks for more and more: ${await this.v.told()}`);
      for (const button of await this.page.locator("#fields button[name^='add:']").evaluateAll((all) => all.map((b) => b.name))) {
        if (!done.has(button)) { done.add(button); await this.list(button); }
      }
      const open = (await inputs(this.page)).filter((i) => !done.has(i.name));
      if (!open.length) return;
      for (const input of open) {
        done.add(input.name);
        await this.put(input);
      }
      if (!this.v.plain) await this.saved();
    }
  }

  // list fills in the items that are there, adds two more and removes the first of these.
  async list(button) {
    const name = button.slice("add:".length), field = id("f:" + name), there = `${id(name + ":items")} > [data-field]`;
    const press = async (which, many) => {
      await this.page.locator(`button[name="${which}"]`).click();
      await this.page.waitForFunction(([items, n]) => document.querySelectorAll(items).length === n, [there, many])
        .catch(() => { throw new Error(`after ${which} the list has not ${many} items`); });
    };
    const fill = async () => { for (const input of await inputs(this.page, field)) await this.put(input); };
    const before = await this.page.locator(there).count();
    await fill();
    await press(button, before + 1);
    await fill();
    await press(button, before + 2);
    await fill();
    await press(`remove:${name}.${before}`, before + 1);
    this.lists++;
  }

  async put(input) {
    const { page } = this, value = known(input, this.turns);
    this.fields++;
    if (input.kind === "radio" || input.kind === "checkbox") {
      const chosen = input.options.find((o) => o.value === value) ?? input.options.find((o) => o.value === "false") ?? input.options[0];
      await page.locator(`label:has(${id(chosen.id)})`).click();
    } else if (input.kind === "combo" || input.kind === "select") {
      const chosen = input.options.find((o) => o.value === (value ?? "853")) ?? input.options[0];
      if (input.kind === "select") return void await page.locator(id(input.id)).selectOption(chosen.value);
      await page.fill(id(input.id), chosen.text);
      await page.locator(id(input.id)).blur();
    } else {
      await page.fill(id(input.id), String(value ?? guess(input)));
      await page.locator(id(input.id)).blur();
    }
  }

  // saved waits until what was typed has been saved without a button.
  saved() {
    return this.page.waitForFunction(() => /Tallennettu|Sparat|Saved/.test(document.getElementById("saved")?.textContent ?? ""));
  }

  // next saves and goes on. A browser without scripts is shown first what is asked because of what was chosen. Whatever is in the way is an
  // error here.
  async next() {
    const here = new URL(this.page.url()).pathname;
    for (let turn = 0; turn < 4; turn++) {
      await Promise.all([this.page.waitForNavigation(), this.page.locator("#buttons button[value=continue]").click()]);
      const now = new URL(this.page.url());
      if (now.pathname !== here) return;
      if (!this.v.plain || !now.searchParams.has("more") || await this.page.locator("#errors").count()) break;
      await this.section();
    }
    throw new Error(`the section ${here} cannot be left: ${await this.page.locator("#errors").allInnerTexts()}`);
  }
}
