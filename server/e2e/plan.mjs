// The plan that the walks enter: a summer concert in a park, some months ahead, so that nothing is late.

const day = new Date(Date.now() + 240 * 24 * 3600 * 1000);
const finnish = (d) => `${d.getDate()}.${d.getMonth() + 1}.${d.getFullYear()}`;
export const startDay = finnish(day);

// By question id: a radio's or checkbox's value, text, numbers; [date, time]; a list of municipality names. Booleans that are not
// here are answered with no.
export const answers = {
  event_kind: "public_event",
  organiser_type: "association",
  municipality: ["Kuopio"],
  starts_at: [startDay, "17.00"],
  ends_at: [startDay, "21:30"],
  attendees_peak: 900,
  attendees_total: 1200,
  place_types: ["street_square_park"],
  place_owner: "municipality",
  restricts_other_use: "yes",
  stewards: "approved",
  amplified_sound: "yes",
  noise_disturbing: "yes",
  music: "live",
  food: "operator",
  open_fire: "yes",
  structures: ["none"],
  risky_activities: ["none"],
  lpg_kg: "12,5",
  diesel_l: 0,
  indoor_accommodation_persons: 0,
  camping_persons: 0,
};

export const plan = { needs: ["public-event-notice", "rescue-plan", "security-plan", "steward-approval", "music-licence", "noise-notification"] };

// fillPage answers every question that the page shows, until no new one comes.
export async function fillPage(page, mine, scripts) {
  const done = new Set();
  for (let turn = 0; turn < 12; turn++) {
    const ids = await page.locator("[data-question]").evaluateAll((all) => all.map((q) => q.id.slice(2)));
    const next = ids.find((id) => !done.has(id));
    if (!next) return;
    for (const id of ids) {
      if (done.has(id)) continue;
      done.add(id);
      await fill(page, id, mine[id]);
    }
    if (scripts) await page.waitForSelector("#ask:not([data-busy])", { state: "attached" }); // what was answered has been sent and shown
  }
}

async function fill(page, id, value) {
  const q = page.locator(`#q-${id}`);
  if (!(await q.count())) return;
  const has = (selector) => q.locator(selector).count();
  if (await has(`[id="${id}-date"]`)) {
    await page.fill(`[id="${id}-date"]`, value[0]);
    await page.fill(`[id="${id}-time"]`, value[1]);
    await page.locator(`[id="${id}-time"]`).blur();
  } else if (await has("[data-municipality]")) {
    if (value && !(await q.locator(".chip").count())) {
      await page.fill(`[id="${id}-add"]`, value[0]);
      await page.locator(`[id="${id}-add"]`).blur();
    }
  } else if (await has("input[type=radio]")) {
    const all = await q.locator("input[type=radio]").evaluateAll((inputs) => inputs.map((i) => i.value));
    const wanted = [value, `o.${value}`, "no", "o.none"].find((v) => all.includes(v)) ?? all[0];
    await q.locator(`input[type=radio][value="${wanted}"]`).check();
  } else if (await has(".options input[type=checkbox]")) {
    for (const one of value ?? ["none"]) {
      await q.locator(`input[type=checkbox][value="${one === "none" ? "none" : "o." + one}"]`).check();
    }
  } else {
    await q.locator("input.input").fill(String(value ?? 0));
    await q.locator("input.input").blur();
  }
}
