// Real servers as processes, on free ports of this machine, and their end.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./ports.mjs";

const QUORATE = fileURLToPath(new URL("../../quorate", import.meta.url));
const FIND_JDK = fileURLToPath(new URL("../../find-jdk", import.meta.url));
const KV = fileURLToPath(new URL("../../examples/kv", import.meta.url));
const START_MILLIS_MAX = 180_000;

/** One, or an ensemble of several; `extra` are further lines of each one's zoo.cfg. */
export async function startServers(count, extra = []) {
  const dir = mkdtempSync(join(tmpdir(), "quorate-console-"));
  const ports = await freePorts(count * 4);
  const of = (i) => ({ client: ports[4 * i], admin: ports[4 * i + 1], quorum: ports[4 * i + 2], election: ports[4 * i + 3] });
  const members = Array.from({ length: count }, (_, i) => {
    const p = of(i);
    return `server.${i + 1}=127.0.0.1:${p.quorum}:${p.election}:participant;127.0.0.1:${p.client}`;
  });
  const servers = [];
  for (let i = 0; i < count; i++) {
    const home = join(dir, `server-${i + 1}`);
    mkdirSync(join(home, "data"), { recursive: true });
    const own = count > 1 ? members : [`clientPort=${of(i).client}`, "clientPortAddress=127.0.0.1"];
    const lines = [
      `dataDir=${join(home, "data")}`,
      "tickTime=1000",
      "initLimit=10",
      "syncLimit=5",
      "maxClientCnxns=0",
      "reconfigEnabled=true",
      "admin.serverAddress=127.0.0.1",
      `admin.serverPort=${of(i).admin}`,
      ...(count > 1 ? ["standaloneEnabled=false"] : []),
      ...own,
      ...extra,
    ];
    writeFileSync(join(home, "zoo.cfg"), `${lines.join("\n")}\n`);
    writeFileSync(join(home, "data", "myid"), String(i + 1));
    servers.push({ id: i + 1, ...of(i), home, process: start(home) });
  }
  const all = {
    servers,
    restart: (server) => {
      server.process = start(server.home);
    },
    stop: async () => {
      await Promise.all(servers.map((s) => end(s.process)));
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(servers.map(ready));
  } catch (e) {
    await all.stop();
    throw e;
  }
  return all;
}

/** Makes a backup of a server that serves; throws if there is none. */
export function backUp(server, to) {
  execFileSync(QUORATE, ["backup", "create", "--data", join(server.home, "data"), "--to", to], { stdio: "pipe" });
}

/** Five nodes of examples/kv, with a table of 32 shards in three zones. */
export async function startDatabase(server, zk) {
  const dir = mkdtempSync(join(tmpdir(), "quorate-console-kv-"));
  const table = { format: 1, shards: 32, replicas: 3, led: true, spread: { zones: true }, replicaGraceMillis: 600000 };
  for (const [path, data] of [["/kv-example", ""], ["/kv-example/spec", ""], ["/kv-example/spec/kv", JSON.stringify(table)]]) {
    await zk.create(path, data);
  }
  const nodes = [1, 2, 3, 4, 5].map((i) =>
    spawn(
      join(execFileSync(FIND_JDK, { encoding: "utf8" }).trim(), "bin", "java"),
      [
        "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", join(KV, "target", "lib", "*"),
        "org.quorate.example.kv.Node", `127.0.0.1:${server.client}`, `node-${i}`, `zone-${"abc"[i % 3]}`, join(dir, `node-${i}`),
      ],
      { stdio: ["ignore", "ignore", process.env.SERVER_OUTPUT ? "inherit" : "ignore"] },
    ),
  );
  return {
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((n) => end(n, "SIGKILL")));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function start(home) {
  const output = openSync(join(home, "output"), "a");
  const stdio = process.env.SERVER_OUTPUT ? ["ignore", "ignore", "inherit"] : ["ignore", output, output];
  const server = spawn(QUORATE, ["serve", join(home, "zoo.cfg")], { stdio });
  closeSync(output);
  return server;
}

function isOver(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

export function end(child, signal = "SIGTERM") {
  return new Promise((resolve) => {
    if (isOver(child)) {
      resolve();
      return;
    }
    child.once("exit", resolve);
    child.kill(signal);
  });
}

async function ready(server) {
  const deadline = Date.now() + START_MILLIS_MAX;
  while (Date.now() < deadline) {
    if (isOver(server.process)) {
      throw new Error(`server ${server.id} has ended: ${readFileSync(join(server.home, "output"), "utf8").slice(-2000)}`);
    }
    try {
      const answer = await fetch(`http://127.0.0.1:${server.admin}/health/ready`);
      if (answer.ok) {
        return;
      }
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`server ${server.id} is not ready`);
}
