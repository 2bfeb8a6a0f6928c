// See site/replay. A page's blocks are those between ``` that have lines beginning with "$ ": each such line is a command, what
// follows is its output. They run in order, in a directory that stands for the reader's, with the paths and ports of the pages
// translated to free ones. What changes with time and load (figures of the last seconds, say) is asked again until it is as it
// stands there, for a minute. Then each line is spoilt in turn, and must not fit any more: so none is passed unread.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../console/browser/ports.mjs";

const COMMAND_MILLIS_MAX = 180_000;
const SETTLED_MILLIS_MAX = 60_000;
const PASSWORD = "correct horse";
const HASH = "pbkdf2-sha256:100000:MDEyMzQ1Njc4OWFiY2RlZg:WYEVV1ul0qBt7iGnOFpq5RmH0aOFvmOKTlUAgn9mWYM";
const ROOT = process.cwd();
const home = mkdtempSync(join(tmpdir(), "quorate-docs-"));

const [client, admin] = await freePorts(2);

// What stands in the pages, and what it is here.
const WORDS = [
  ["/var/lib/zookeeper", join(home, "zookeeper")],
  ["/etc/quorate", join(home, "etc")],
  ["/etc/zookeeper/conf", join(home, "conf")],
  [/(?<=\s|^)\/backup\b/g, join(home, "backup")],
  [/\bhost1:2181,host2:2181\b/g, `127.0.0.1:${client}`],
  [/\b127\.0\.0\.1:2181\b/g, `127.0.0.1:${client}`],
  [/\b127\.0\.0\.1:8080\b/g, `127.0.0.1:${admin}`],
];

function here(text) {
  return WORDS.reduce((t, [there, real]) => t.replaceAll(there, real), text);
}

// Numbers that are the same everywhere and each time.
const EXACT = [/^exit code \d+$/g, /\d+ of \d+ voters in sync, \d+ more may fail/g, /\d+ created, \d+ set, .*/g];

/** Alike for what is alike but for numbers, times, paths and ports. */
function shape(line) {
  return EXACT.reduce((text, kept) => text.replaceAll(kept, (found) => found.replaceAll(/\d/g, (d) => "ABCDEFGHIJ"[d])), line)
    .replaceAll(join(home, "zookeeper"), "/var/lib/zookeeper")
    .replaceAll(join(home, "etc"), "/etc/quorate")
    .replaceAll(join(home, "backup"), "/backup")
    .replaceAll(/\d{4}-?\d\d-?\d\dT[\d:]+(\.\d+)?Z/g, "TIME")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+Z?/g, "TIME")
    .replaceAll(/[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d [\d:]{8} UTC \d{4}/g, "TIME")
    .replaceAll(/up( \d+ (d|h|min|s))+/g, "up SPAN")
    .replaceAll(/0x[0-9a-f]+/g, "HEX")
    .replaceAll(/key [0-9a-f]{16}/g, "key HEX")
    .replaceAll(/-?\d+(\.\d+)?/g, "N")
    .replaceAll(/\b(bytes|kB|MB|GB)\b/g, "SIZE")
    .replaceAll(/: (leader|follower), epoch/g, ": ROLE, epoch")
    .replaceAll(/\b(ahead of|behind) the one here/g, "OFF the one here")
    .trimEnd();
}

/** Whichever operation was slow last, and whichever stages are known of it; the order of the tree, which is another each time. */
function leveled(command, lines) {
  if (command.includes("restore-tree")) {
    return lines.toSorted();
  }
  if (!command.includes("slow_operations")) {
    return lines;
  }
  const stage = /^ +"(decode|queue|prepare|sync|quorum|apply|reply)" : \d+,?$/;
  return lines
    .filter((line, i) => !stage.test(line) || !stage.test(lines[i + 1] ?? ""))
    .map((line) =>
      line
        .replace(stage, "STAGES")
        .replace(/"operation" : "(create|setData|createSession|closeSession)"/, '"operation" : OPERATION')
        .replace(/"path" : "(\/app(\/n\d+)?)?"/, '"path" : PATH'),
    );
}

/** Is it so, line by line? "…" alone in a line is any number of them, at a line's end any rest of it. */
function fits(told, said) {
  if (told.length === 0) {
    return said.length === 0;
  }
  const [first, ...rest] = told;
  if (first === "…") {
    return fits(rest, said) || (said.length > 0 && fits(told, said.slice(1)));
  }
  if (said.length === 0) {
    return false;
  }
  const same = first.endsWith("…") ? shape(said[0]).startsWith(shape(first.slice(0, -1))) : shape(said[0]) === shape(first);
  return same && (first.endsWith(", …") || fits(rest, said.slice(1)));
}

function run(command) {
  // As on a terminal, errors stand where they come.
  const done = spawnSync("bash", ["-c", `exec 2>&1; ${here(command)}`], {
    cwd: home,
    encoding: "utf8",
    timeout: COMMAND_MILLIS_MAX,
    env: { ...process.env, LC_ALL: "C.UTF-8", QUORATE_START_SECONDS: "150", QUORATE_STOP_SECONDS: "150" },
  });
  return `${done.stdout}`;
}

/** Starts a program, and waits until it has said something; it is told to end by Ctrl-C. */
async function runUntil(command, said) {
  const child = spawn("bash", ["-c", `exec ${here(command)} 2>&1`], { cwd: home, stdio: ["ignore", "pipe", "inherit"] });
  const over = new Promise((resolve) => child.once("exit", resolve));
  let text = "";
  child.stdout.setEncoding("utf8");
  const heard = new Promise((resolve) =>
    child.stdout.on("data", (piece) => {
      text += piece;
      if (said(text)) {
        resolve();
      }
    }),
  );
  const timer = setTimeout(() => child.kill("SIGINT"), COMMAND_MILLIS_MAX);
  await Promise.race([heard, over]);
  clearTimeout(timer);
  return {
    text: () => text,
    end: async () => {
      child.kill("SIGINT");
      await over;
    },
  };
}

// ---- what the reader has before

let serving = false;
function serve(on) {
  if (serving !== on) {
    execFileSync("./quorate", [on ? "start" : "stop", "zoo.cfg"], {
      cwd: home,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, QUORATE_START_SECONDS: "150", QUORATE_STOP_SECONDS: "150" },
    });
    serving = on;
  }
}

function shell(...lines) {
  serve(true);
  execFileSync("./quorate", ["shell", `127.0.0.1:${client}`], { cwd: home, input: lines.join("\n"), stdio: ["pipe", "ignore", "ignore"] });
}

const isFollowed = (text) => /leads epoch/.test(text) && [...text.matchAll(/ follows /g)].length >= 2;

/** Three servers in one process; their admin ports are 8081 to 8083 in the pages. */
let three;
async function ensemble() {
  three = await runUntil("./quorate ensemble --size 3 --dir three", isFollowed);
  [...three.text().matchAll(/admin commands at http:\/\/(127\.0\.0\.1:\d+)/g)].forEach(([, address], i) =>
    WORDS.push([new RegExp(`\\b127\\.0\\.0\\.1:808${i + 1}\\b`, "g"), address]),
  );
}

/** Writes until a command tells of it: how soon depends on the machine. */
function writeUntil(command, tells, ...lines) {
  const deadline = Date.now() + SETTLED_MILLIS_MAX;
  do {
    shell(...lines);
  } while (!tells.test(run(command)) && Date.now() < deadline);
}

const sets = (from, to, value) => Array.from({ length: to - from + 1 }, (_, i) => `set /app/n${from + i} ${value}`);

/** Done once, before the first command that contains the words. */
const BEFORE = [
  ["./quorate start zoo.cfg", () => serve(false)],
  ["backup create --data /var/lib/zookeeper --to /backup", () => shell("create /app a", "create /app/n1 b", "set /app/n1 c")],
  [
    "restore-tree",
    () => {
      shell(...Array.from({ length: 19 }, (_, i) => `create /app/n${i + 2} x`));
      run("./quorate backup create --data /var/lib/zookeeper --to /backup");
      shell("delete /app/n1", ...sets(2, 3, "other"), "setAcl /app/n4 world:anyone:r");
    },
  ],
  ["commands/stages", () => shell("create /app a", "create /app/n3 b", ...Array(8).fill("set /app/n3 c"))],
  ["127.0.0.1:8081", ensemble],
  ["commands/slow_operations", () => writeUntil("curl -s 127.0.0.1:8080/commands/slow_operations", /"total_us"/, `set /app/n3 ${"x".repeat(500_000)}`)],
  ["commands/hot_paths", () => writeUntil("curl -s '127.0.0.1:8080/commands/hot_paths?limit=1'", /"paths" : [^\]]*"\/app\/n3"/, "set /app/n3 d")],
];

async function prepare(command) {
  const [words] = command.split(" | ");
  for (const step of BEFORE) {
    if (step && words.includes(step[0])) {
      BEFORE[BEFORE.indexOf(step)] = undefined;
      await step[1]();
    }
  }
  if (/quorate (start|stop)/.test(command)) {
    return;
  }
  if (/curl|status|shell|log-level|backup/.test(command)) {
    serve(true);
  }
}

/** What depends on the last seconds: the first figures are there after ten of them, and a busy machine has warnings. */
function settles(command) {
  return /^curl|quorate status/.test(command);
}

/** What a page cannot be held to here. */
function notTried(command) {
  return /…|--every|\$TOKEN/.test(command);
}

async function linesOf(command) {
  let said;
  if (command.startsWith("./quorate ensemble --size")) {
    const program = await runUntil(command, isFollowed);
    await program.end();
    said = program.text();
  } else {
    said = run(command);
  }
  // On a slow machine it is told how far something is.
  return said.trimEnd().split("\n").filter((line) => line !== "" && !/^[\w ]+: \d+ %, /.test(line));
}

/** The same with another word in one line; a line without letters stays. */
function spoilt(told, n) {
  const line = told[n].replace(/[a-zA-Z]+(?=[^…]*…?$)/, "spoilt");
  return line === told[n] ? ["spoilt"] : told.with(n, line);
}

// ---- the pages

function* blocks(text) {
  for (const [, block] of text.matchAll(/^```\n([\s\S]*?)^```$/gm)) {
    const steps = [];
    for (const line of block.trimEnd().split("\n")) {
      if (line.startsWith("$ ")) {
        steps.push({ command: line.slice(2).replace(/\s+#.*$/, ""), told: [] });
      } else if (steps.length > 0) {
        steps.at(-1).told.push(line);
      }
    }
    yield* steps;
  }
}

mkdirSync(join(home, "etc"));
mkdirSync(join(home, "conf"));
writeFileSync(join(home, "console-password"), `${PASSWORD}\n`);
writeFileSync(join(home, "conf", "zoo.cfg"), "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\nclientPort=2181\n");
symlinkSync(join(ROOT, "quorate"), join(home, "quorate"));
writeFileSync(
  join(home, "zoo.cfg"),
  here("dataDir=/var/lib/zookeeper\n") +
    `clientPort=${client}\nclientPortAddress=127.0.0.1\nadmin.serverPort=${admin}\nslowOperation.thresholdMs=1\nadmin.console.passwordHash=${HASH}\n`,
);
let passed = 0;
let failed = 0;
try {
  for (const page of process.argv.slice(2)) {
    for (const { command, told } of blocks(readFileSync(join(ROOT, "docs", `${page}.md`), "utf8"))) {
      if (notTried(command)) {
        console.log(`not tried  ${page}: ${command}`);
        continue;
      }
      await prepare(command);
      const wanted = leveled(command, told);
      let lines = await linesOf(command);
      for (const deadline = Date.now() + SETTLED_MILLIS_MAX; settles(command) && !fits(wanted, leveled(command, lines)) && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        lines = await linesOf(command);
      }
      const unread = wanted.findIndex((_, n) => fits(spoilt(wanted, n), leveled(command, lines)));
      if (fits(wanted, leveled(command, lines)) && unread < 0) {
        passed++;
        console.log(`ok         ${page}: ${command}`);
      } else {
        failed++;
        console.log(`FAILED     ${page}: ${command}\n${lines.map((l) => `           ${l}`).join("\n")}`);
        if (unread >= 0) {
          console.log(`           would be right with any other line than: ${wanted[unread]}`);
        }
      }
    }
  }
} finally {
  serve(false);
  await three?.end();
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
