// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** A count with its thousands apart; a dash for nothing known. */
export function count(n: number | undefined | null): string {
  return n === undefined || n === null || Number.isNaN(n) ? "–" : whole.format(n);
}

/** A rate or a time: more digits the smaller it is. */
export function figure(n: number | undefined | null): string {
  if (n === undefined || n === null || Number.isNaN(n)) {
    return "–";
  }
  const size = Math.abs(n);
  return size >= 100 ? whole.format(n) : size >= 10 ? short.format(n) : fine.format(n);
}

export function bytes(n: number | undefined | null): string {
  if (n === undefined || n === null) {
    return "–";
  }
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? whole.format(value) : short.format(value)} ${units[unit]}`;
}

/** A span of time, its two largest parts. */
export function span(millis: number | undefined | null): string {
  if (millis === undefined || millis === null || Number.isNaN(millis)) {
    return "–";
  }
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = Math.floor(millis / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
}

/** How long ago, seen from a moment. */
export function ago(atMillis: number, nowMillis: number): string {
  const past = nowMillis - atMillis;
  return past < 1000 ? "now" : `${span(past)} ago`;
}

const clock = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** A moment, in the reader's own time zone. */
export function moment(millis: number): string {
  const part = Object.fromEntries(clock.formatToParts(millis).map((p) => [p.type, p.value]));
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
}

/** Epoch and counter of a zxid in hex. */
export function zxidParts(hex: string): { epoch: number; counter: number } {
  const value = BigInt(hex);
  return { epoch: Number(value >> 32n), counter: Number(value & 0xffffffffn) };
}
