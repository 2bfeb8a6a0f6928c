// Ports of this machine that nobody listens on.
import { readFileSync } from "node:fs";
import net from "node:net";

const LOWEST = 10_000;
const HIGHEST = 32_767; // Linux gives those above to outgoing connections, unless told otherwise
const TRIES_MAX = 1000;
const given = new Set();

/** The last port below those that the system gives to outgoing connections. */
function highest() {
  try {
    const first = Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split(/\s+/)[0]);
    return first > LOWEST + 1000 ? Math.min(first - 1, HIGHEST) : HIGHEST;
  } catch {
    return HIGHEST; // not Linux
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/**
 * So many, each once. None of those that the system gives away by itself: beside somebody who opens many connections one
 * of these may be gone when a server wants it.
 */
export async function freePorts(count) {
  const ports = [];
  const range = highest() - LOWEST + 1;
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > TRIES_MAX) {
      throw new Error("no free ports are found");
    }
    const port = LOWEST + Math.floor(Math.random() * range);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      ports.push(port);
    }
  }
  return ports;
}
