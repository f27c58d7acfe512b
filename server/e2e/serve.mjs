// Builds luvat, unless LUVAT says where it is, and serves it at a free port of this machine.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function serve(root) {
  let program = process.env.LUVAT;
  if (!program) {
    program = join(mkdtempSync(join(tmpdir(), "luvat-built-")), "luvat");
    const built = spawnSync("go", ["build", "-o", program, "./cmd/luvat"], { cwd: root, stdio: "inherit" });
    if (built.status !== 0) throw new Error("luvat does not build");
  }
  const child = spawn(program, ["serve", "--addr", "127.0.0.1:0"], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
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
    stop: () => new Promise((done) => { child.removeAllListeners("exit"); child.on("exit", done); child.kill("SIGTERM"); }),
  };
}
