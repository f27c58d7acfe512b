// The system of an authority, as the authority would build it from docs/delivery.md alone: it takes events, checks their signature with
// the public library of Standard Webhooks, their data with the schema that comes along, and fetches the documents.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Ajv from "ajv/dist/2020.js";
import { Webhook } from "standardwebhooks";

export class Receiver {
  static async open() {
    const r = new Receiver();
    await new Promise((done) => r.server.listen(0, "127.0.0.1", done));
    return r;
  }
  constructor() {
    this.secret = "whsec_" + randomBytes(32).toString("base64");
    this.hook = new Webhook(this.secret);
    this.events = [];  // in the order in which they came
    this.faults = [];  // what luvat must not do
    this.server = createServer((q, a) => this.take(q, a).then((status) => a.writeHead(status).end(), (e) => { this.faults.push(e.message); a.writeHead(500).end(); }));
  }
  get address() { return `http://127.0.0.1:${this.server.address().port}/events`; }

  async take(request) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    assert.equal(request.method, "POST");
    assert.match(request.headers["content-type"] ?? "", /^application\/cloudevents\+json/);
    this.hook.verify(body, request.headers); // throws when the signature or the time does not fit
    const forged = Buffer.from(body);
    forged[forged.length - 3] ^= 1;
    assert.throws(() => this.hook.verify(forged, request.headers), "a forged event passes the verification");
    const event = JSON.parse(body);
    assert.equal(event.specversion, "1.0");
    assert.equal(event.id, request.headers["webhook-id"], "the event and its headers have different ids");
    if (this.events.some((e) => e.id === event.id)) return 200; // again after a broken connection
    if (event.data.schema) this.validate(event);
    for (const a of event.data.attachments ?? []) await this.fetch(event, a);
    this.events.push(event);
    return 204;
  }
  validate(event) {
    const check = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(event.data.schema);
    assert.ok(check(event.data.data), `${event.id}: the data does not follow its schema: ${JSON.stringify(check.errors)}`);
    const declared = new Set(Object.keys(event.data.schema.properties ?? {}));
    for (const name of Object.keys(event.data.data)) assert.ok(declared.has(name), `${event.id}: ${name} is sent and not declared by the form`);
  }
  async fetch(event, attachment) {
    if (!attachment.href) return; // of a message
    const answer = await fetch(attachment.href);
    assert.equal(answer.status, 200, `${event.id}: ${attachment.name} cannot be fetched`);
    const content = Buffer.from(await answer.arrayBuffer());
    assert.equal(content.length, attachment.size, `${event.id}: ${attachment.name} has another size`);
    assert.equal(createHash("sha256").update(content).digest("hex"), attachment.sha256, `${event.id}: ${attachment.name} has another checksum`);
    const forged = new URL(attachment.href);
    forged.searchParams.forEach((value, name) => forged.searchParams.set(name, value.slice(0, -2) + (value.endsWith("00") ? "11" : "00")));
    assert.ok((await fetch(forged)).status >= 400, `${event.id}: ${attachment.name} is given to a forged address`);
  }

  // of returns the events of a type, when there are as many as expected; it waits up to 20 seconds for them.
  async of(type, many = 1) {
    for (const until = Date.now() + 20000; Date.now() < until; await new Promise((r) => setTimeout(r, 100))) {
      assert.deepEqual(this.faults, [], "what was sent to the authority's system");
      const found = this.events.filter((e) => e.type === type);
      if (found.length >= many) return found;
    }
    throw new Error(`the authority's system got ${this.events.map((e) => e.type)} and waited for ${many} × ${type}`);
  }
  close() { return new Promise((done) => { this.server.closeAllConnections(); this.server.close(done); }); }
}
