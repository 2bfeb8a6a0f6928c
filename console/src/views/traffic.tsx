import { useEffect, useMemo, useState } from "preact/hooks";
import { useCommand } from "../ask";
import { Chart } from "../chart";
import { Empty, Panel, Problem } from "../parts";

interface Point {
  time_ms: number;
  [figure: string]: number | string;
}

interface History {
  every_seconds: number;
  points: Point[];
}

const SPANS: [string, number][] = [
  ["15 min", 15],
  ["1 h", 60],
  ["4 h", 240],
];

const REFRESH_MILLIS = 10_000;
/** While there is nothing to draw: the charts are to begin soon after the server has noted its second figure. */
const FIRST_REFRESH_MILLIS = 2_000;

export function Traffic() {
  const [drawn, setDrawn] = useState(false);
  const asked = useCommand<History>("history", {}, drawn ? REFRESH_MILLIS : FIRST_REFRESH_MILLIS);
  const [minutes, setMinutes] = useState(60);
  const history = asked.answer;
  const points = useMemo(() => {
    const all = history?.points ?? [];
    const last = all.at(-1)?.time_ms ?? 0;
    return all.filter((p) => p.time_ms >= last - minutes * 60_000);
  }, [history, minutes]);
  useEffect(() => setDrawn(points.length >= 2), [points]);
  const times = useMemo(() => points.map((p) => p.time_ms / 1000), [points]);
  if (asked.problem) {
    return <Problem>{asked.problem}</Problem>;
  }
  if (!history) {
    return <Empty>Asking the server…</Empty>;
  }
  if (points.length < 2) {
    return (
      <Empty>
        The server notes its figures every {history.every_seconds} seconds. The charts begin when it has noted two of
        them; it remembers the last hours until it is stopped.
      </Empty>
    );
  }
  const line = (label: string, key: string, factor = 1) => ({
    label,
    values: points.map((p) => {
      const value = p[key];
      return typeof value === "number" ? value * factor : null;
    }),
  });
  const charts: { title: string; aside: string; series: ReturnType<typeof line>[]; bytes?: boolean }[] = [
    { title: "Throughput", aside: "per second", series: [line("Reads", "read_per_s"), line("Writes", "write_per_s")] },
    {
      title: "Latency of writes",
      aside: "ms",
      series: [line("p50", "write_p50_us", 0.001), line("p99", "write_p99_us", 0.001)],
    },
    {
      title: "Latency of reads",
      aside: "ms",
      series: [line("p50", "read_p50_us", 0.001), line("p99", "read_p99_us", 0.001)],
    },
    {
      title: "Sync of the log",
      aside: "ms",
      series: [line("p50", "fsync_p50_us", 0.001), line("p99", "fsync_p99_us", 0.001)],
    },
    {
      title: "Clients",
      aside: "at the time",
      series: [line("Connections", "connections"), line("Sessions", "sessions")],
    },
    { title: "Requests under way", aside: "at the time", series: [line("Requests", "outstanding")] },
    {
      title: "Bytes",
      aside: "per second",
      series: [line("Received", "received_bytes_per_s"), line("Sent", "sent_bytes_per_s"), line("Log", "log_bytes_per_s")],
      bytes: true,
    },
    { title: "Memory", aside: "", series: [line("Tree", "tree_bytes"), line("Heap", "heap_bytes")], bytes: true },
  ];
  return (
    <>
      <div class="tabs" role="group" aria-label="Time shown">
        {SPANS.map(([label, span]) => (
          <button type="button" key={label} aria-pressed={span === minutes} onClick={() => setMinutes(span)}>
            {label}
          </button>
        ))}
        <span class="hint push">this server, a point every {history.every_seconds} s</span>
      </div>
      <div class="columns charts">
        {charts.map((c) => (
          <Panel key={c.title} title={c.title} aside={c.aside}>
            <Chart title={c.title} times={times} series={c.series} bytes={c.bytes} />
          </Panel>
        ))}
      </div>
    </>
  );
}
