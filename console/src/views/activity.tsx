import { useState } from "preact/hooks";
import { useCommand } from "../ask";
import { ago, bytes, count, figure, moment } from "../format";
import { Empty, Panel, Problem } from "../parts";
import { routeTo } from "../route";

interface Spot {
  path?: string;
  session?: string;
  principal?: string;
  requests: number;
  writes: number;
  bytes: number;
  share: number;
  per_second: number;
}

interface Hot {
  seconds: number;
  requests: number;
  prefixes_by_depth: Spot[][];
  paths: Spot[];
  sessions: Spot[];
  principals: Spot[];
}

interface SlowOperation {
  time_ms: number;
  operation: string;
  path: string;
  session: string;
  address: string;
  principal: string;
  err: number;
  total_us: number;
  stages_us: Record<string, number>;
}

interface Slow {
  threshold_ms: number;
  count: number;
  operations: SlowOperation[];
}

interface Stages {
  stages: { stage: string; meaning: string; count: number; mean_us: number; p50_us: number; p99_us: number; max_us: number }[];
}

const REFRESH_MILLIS = 3000;
const SLOW_SHOWN = 12;

/** All that a server remembers. */
const SLOW_MAX = 512;

export function Activity() {
  return (
    <>
      <HotPanel />
      <StagePanel />
      <SlowPanel />
    </>
  );
}

function HotPanel() {
  const asked = useCommand<Hot>("hot_paths", { limit: "12" }, REFRESH_MILLIS);
  const [by, setBy] = useState("paths");
  const hot = asked.answer;
  const groups: [string, string, Spot[]][] = hot
    ? [
        ["paths", "Paths", hot.paths],
        ...hot.prefixes_by_depth.map((spots, i): [string, string, Spot[]] => [`depth${i}`, `Depth ${i + 1}`, spots]),
        ["sessions", "Sessions", hot.sessions],
        ["principals", "Principals", hot.principals],
      ]
    : [];
  const spots = groups.find(([key]) => key === by)?.[2] ?? [];
  return (
    <Panel title="Who asks most" aside={hot && `${count(hot.requests)} requests in ${figure(hot.seconds)} s`}>
      {asked.problem && <Problem>{asked.problem}</Problem>}
      <div class="tabs" role="group" aria-label="Counted by">
        {groups.map(([key, label]) => (
          <button type="button" key={key} aria-pressed={key === by} onClick={() => setBy(key)}>
            {label}
          </button>
        ))}
      </div>
      {asked.asking && <Empty>Asking the server…</Empty>}
      {hot && spots.length === 0 && <Empty>No requests lately.</Empty>}
      {spots.length > 0 && (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>{groups.find(([key]) => key === by)?.[1]}</th>
                <th class="num">Share</th>
                <th class="num">Per second</th>
                <th class="num">Requests</th>
                <th class="num">Writes</th>
                <th class="num">Bytes</th>
              </tr>
            </thead>
            <tbody>
              {spots.map((s) => (
                <tr key={s.path ?? s.session ?? s.principal}>
                  <td data-label="Of" class="mono wrap">
                    <SpotName spot={s} />
                  </td>
                  <td data-label="Share" class="num">
                    <span class="share">
                      <meter min={0} max={1} value={s.share} aria-hidden="true" />
                      <span>{figure(s.share * 100)} %</span>
                    </span>
                  </td>
                  <td data-label="Per second" class="num">
                    {figure(s.per_second)}
                  </td>
                  <td data-label="Requests" class="num">
                    {count(s.requests)}
                  </td>
                  <td data-label="Writes" class="num">
                    {count(s.writes)}
                  </td>
                  <td data-label="Bytes" class="num">
                    {bytes(s.bytes)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function SpotName({ spot }: { spot: Spot }) {
  if (spot.path !== undefined) {
    return <a href={routeTo("tree", spot.path)}>{spot.path}</a>;
  }
  if (spot.session !== undefined) {
    return <a href={routeTo("sessions", spot.session)}>{spot.session}</a>;
  }
  return <>{spot.principal || "nobody"}</>;
}

function StagePanel() {
  const asked = useCommand<Stages>("stages", {}, REFRESH_MILLIS);
  const stages = asked.answer?.stages.filter((s) => s.count > 0);
  return (
    <Panel title="Where the time goes" aside="µs, since the start">
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {asked.asking && <Empty>Asking the server…</Empty>}
      {stages?.length === 0 && <Empty>No requests yet.</Empty>}
      {stages && stages.length > 0 && (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>Stage</th>
                <th class="num">Requests</th>
                <th class="num">Mean</th>
                <th class="num">p50</th>
                <th class="num">p99</th>
                <th class="num">Longest</th>
              </tr>
            </thead>
            <tbody>
              {stages.map((s) => (
                <tr key={s.stage}>
                  <td data-label="Stage">
                    {s.stage}
                    <span class="note">{s.meaning}</span>
                  </td>
                  <td data-label="Requests" class="num">
                    {count(s.count)}
                  </td>
                  <td data-label="Mean" class="num">
                    {figure(s.mean_us)}
                  </td>
                  <td data-label="p50" class="num">
                    {figure(s.p50_us)}
                  </td>
                  <td data-label="p99" class="num">
                    {figure(s.p99_us)}
                  </td>
                  <td data-label="Longest" class="num">
                    {figure(s.max_us)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function SlowPanel() {
  const [limit, setLimit] = useState(SLOW_SHOWN);
  const asked = useCommand<Slow>("slow_operations", { limit: String(limit) }, REFRESH_MILLIS);
  const slow = asked.answer;
  return (
    <Panel
      title="Slow operations"
      aside={slow && (slow.threshold_ms > 0 ? `${count(slow.count)} over ${count(slow.threshold_ms)} ms` : "switched off")}
    >
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {asked.asking && <Empty>Asking the server…</Empty>}
      {slow && slow.operations.length === 0 && (
        <Empty>
          {slow.threshold_ms > 0 ? "None since the start." : "Nothing is noted: the threshold is switched off."}
        </Empty>
      )}
      {slow && slow.operations.length > 0 && (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>When</th>
                <th>Operation</th>
                <th>Path</th>
                <th class="num">Took ms</th>
                <th>Longest stage</th>
                <th>Session</th>
                <th>Client</th>
              </tr>
            </thead>
            <tbody>
              {slow.operations.map((o, i) => (
                <tr key={`${o.time_ms}${i}`}>
                  <td data-label="When" title={moment(o.time_ms)}>
                    {ago(o.time_ms, Date.now())}
                  </td>
                  <td data-label="Operation">{o.operation}</td>
                  <td data-label="Path" class="mono wrap">
                    {o.path ? <a href={routeTo("tree", o.path)}>{o.path}</a> : "–"}
                  </td>
                  <td data-label="Took ms" class="num">
                    {figure(o.total_us / 1000)}
                  </td>
                  <td data-label="Longest stage">{longest(o.stages_us)}</td>
                  <td data-label="Session" class="mono">
                    <a href={routeTo("sessions", o.session)}>{o.session}</a>
                  </td>
                  <td data-label="Client" class="mono">
                    {o.address}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {slow && slow.operations.length === limit && limit < SLOW_MAX && (
        <p class="more">
          <button type="button" onClick={() => setLimit(SLOW_MAX)}>
            Show all that it remembers
          </button>
        </p>
      )}
    </Panel>
  );
}

function longest(stages: Record<string, number>): string {
  const [name, micros] = Object.entries(stages).sort(([, a], [, b]) => b - a)[0] ?? [];
  return name === undefined || micros === undefined ? "–" : `${name}, ${figure(micros / 1000)} ms`;
}
