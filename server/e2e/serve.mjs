// Builds luvat, unless LUVAT says where it is, and serves it at a free port of this machine.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

let program = process.env.LUVAT;

// serve resolves to where luvat is served and how to end it. The port is chosen here and not by the system when luvat listens: luvat writes
// its own address into letters and events.
export async function serve(root, more = [], env = {}) {
  if (!program) {
    program = join(mkdtempSync(join(tmpdir(), "luvat-built-")), "luvat");
    const built = spawnSync("go", ["build", "-o", program, "./cmd/luvat"], { cwd: root, stdio: "inherit" });
    if (built.status !== 0) throw new Error("luvat does not build");
  }
  const addr = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, ["serve", "--addr", addr, ...more], { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  const url = await new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`luvat does not say where it is:\n${log}`)), 30000);
    child.stderr.on("data", (data) => {
      log = (log + data).slice(-20000);
      const m = /msg=serving url=(\S+)/.exec(log);
      if (m) { clearTimeout(timer); found(m[1]); }
    });
    child.on("exit", (code) => failed(new Error(`luvat ended with ${code}:\n${log}`)));
  });
  return {
    url,
    log: () => log,
    stop: () => new Promise((done) => { child.removeAllListeners("exit"); child.on("exit", done); child.kill("SIGTERM"); }),
  };
}

const freePort = () => new Promise((found, failed) => {
  const listener = createServer().on("error", failed);
  listener.listen(0, "127.0.0.1", () => { const { port } = listener.address(); listener.close(() => found(port)); });
});
