// What the server tells by itself, once a second, and a short memory of it for the sparklines.

import { useEffect, useState } from "preact/hooks";
import { refreshAccess } from "./access";
import type { Overview } from "./api";

/** The state of the stream and the last picture. */
export interface Live {
  connected: boolean;
  overview?: Overview;
  /** Per second, by member id; missing until two pictures are there. */
  rates: Map<number, number>;
  samples: Sample[];
}

/** One second of this server. */
export interface Sample {
  atMillis: number;
  requests: number;
  outstanding: number;
}

const SAMPLES_MAX = 300;
const SILENCE_MILLIS_MAX = 6000;

let current: Live = { connected: false, rates: new Map(), samples: [] };
let source: EventSource | undefined;
let watching = 0;
let lastHeard = 0;
const listeners = new Set<(live: Live) => void>();

function publish(next: Live): void {
  current = next;
  for (const listener of listeners) {
    listener(next);
  }
}

function take(overview: Overview): void {
  const before = current.overview;
  const rates = new Map<number, number>();
  let samples = current.samples;
  if (before && overview.atMillis > before.atMillis) {
    const seconds = (overview.atMillis - before.atMillis) / 1000;
    for (const member of overview.members) {
      const old = before.members.find((m) => m.id === member.id);
      if (old?.received !== undefined && member.received !== undefined) {
        rates.set(member.id, Math.max(0, (Number(member.received) - Number(old.received)) / seconds));
      }
    }
    const sample = {
      atMillis: overview.atMillis,
      requests: rates.get(overview.serverId) ?? 0,
      outstanding: overview.here.outstanding,
    };
    samples = [...samples.slice(-SAMPLES_MAX + 1), sample];
  }
  publish({ connected: true, overview, rates: rates.size > 0 ? rates : current.rates, samples });
}

function open(): void {
  source?.close();
  source = new EventSource("./api/events");
  source.addEventListener("overview", (event) => {
    lastHeard = Date.now();
    take(JSON.parse((event as MessageEvent<string>).data) as Overview);
  });
  source.onerror = () => {
    publish({ ...current, connected: false });
    refreshAccess().catch(() => undefined); // the login may have ended
  };
}

function close(): void {
  source?.close();
  source = undefined;
  clearInterval(watching);
  current = { connected: false, rates: new Map(), samples: [] };
}

/** The server may fall silent without the connection breaking: then the page says so, and tries again. */
function watch(): void {
  if (Date.now() - lastHeard > SILENCE_MILLIS_MAX) {
    publish({ ...current, connected: false });
    lastHeard = Date.now();
    open();
  }
}

export function useLive(): Live {
  const [live, setLive] = useState(current);
  useEffect(() => {
    listeners.add(setLive);
    if (!source) {
      lastHeard = Date.now();
      open();
      watching = window.setInterval(watch, 1000);
    }
    setLive(current);
    return () => {
      listeners.delete(setLive);
      if (listeners.size === 0) {
        close(); // signed out: nobody may look
      }
    };
  }, []);
  return live;
}
