import type { Finding, Health, Member, Overview, RoleChange } from "../api";
import { useCommand } from "../ask";
import { ago, bytes, count, figure, moment, span, zxidParts } from "../format";
import { type Live, useLive } from "../live";
import { Badge, Empty, Fact, Facts, type Level, Panel, Sparkline } from "../parts";

const HEALTH_REFRESH_MILLIS = 5000;

export function Ensemble() {
  const live = useLive();
  const overview = live.overview;
  const health = useCommand<Health>("health", {}, HEALTH_REFRESH_MILLIS).answer;
  if (!overview) {
    return <Empty>Waiting for the server's first word…</Empty>;
  }
  return (
    <>
      <Verdict overview={overview} findings={health?.findings ?? []} />
      {health && health.findings.length > 0 && <Findings findings={health.findings} />}
      <Members live={live} overview={overview} />
      <div class="columns">
        <Here live={live} overview={overview} />
        <History overview={overview} />
      </div>
    </>
  );
}

const FINDING_LEVELS: Record<Finding["level"], Level> = { notice: "idle", warning: "warn", critical: "bad" };

/** What this server says is wrong, the worst first, and what to do. */
function Findings({ findings }: { findings: Finding[] }) {
  return (
    <Panel title="What to look at" aside="said by this server">
      <ul class="findings">
        {findings.map((f) => (
          <li key={f.id + f.says}>
            <Badge level={FINDING_LEVELS[f.level]}>{f.level}</Badge>
            <div>
              <p>{f.says}</p>
              <p class="hint">{f.advice}</p>
            </div>
            <a class="mono" href={f.page} target="_blank" rel="noreferrer" title="What it means and what to do">
              {f.id}
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Where the quorum is well, the server may still have something to say. */
function verdict(o: Overview, findings: Finding[]): { level: Level; title: string; text: string } {
  const quorum = quorumVerdict(o);
  const worst = findings[0]?.level;
  if (quorum.level === "good" && (worst === "critical" || worst === "warning")) {
    return { ...quorum, level: FINDING_LEVELS[worst], title: worst === "critical" ? "Serving, but in trouble" : "Serving, with a warning" };
  }
  return quorum;
}

/** How the quorum stands, in one sentence. */
function quorumVerdict(o: Overview): { level: Level; title: string; text: string } {
  if (o.standalone) {
    return o.serving
      ? { level: "good", title: "Serving, alone", text: "A standalone server: if it fails, nobody serves." }
      : { level: "bad", title: "Not serving", text: "This server does not answer clients." };
  }
  const { voters, alive, needed, margin } = o.quorum;
  const away = voters - alive;
  const silent = away === 0 ? "" : ` ${away} of ${voters} voters ${away === 1 ? "does" : "do"} not take part.`;
  if (!o.serving || (margin !== undefined && margin < 0)) {
    return {
      level: "bad",
      title: "No quorum",
      text: `${alive} of ${voters} voters take part; ${needed ?? "a quorum of them"} are needed to write.`,
    };
  }
  if (margin === undefined) {
    return { level: away ? "warn" : "good", title: "Serving", text: `Groups and weights decide the quorum.${silent}` };
  }
  const more = margin === 0 ? "No further voter may fail." : `${margin} more may fail without loss of service.`;
  return {
    level: margin === 0 ? "warn" : away > 0 ? "warn" : "good",
    title: away === 0 && margin > 0 ? "Healthy" : "Serving, with less margin",
    text: `${alive} of ${voters} voters take part, ${needed} are needed. ${more}${silent}`,
  };
}

function Verdict({ overview, findings }: { overview: Overview; findings: Finding[] }) {
  const { level, title, text } = verdict(overview, findings);
  return (
    <section class={`verdict ${level}`} role="status">
      <div>
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      {!overview.standalone && (
        <dl>
          <div>
            <dt>Leader</dt>
            <dd>{overview.leader >= 0 ? `server ${overview.leader}` : "none"}</dd>
          </div>
          <div>
            <dt>Epoch</dt>
            <dd>{overview.epoch >= 0 ? count(overview.epoch) : "–"}</dd>
          </div>
          <div>
            <dt>May fail</dt>
            <dd>{overview.quorum.margin === undefined ? "–" : Math.max(0, overview.quorum.margin)}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}

function stateLevel(state: string | undefined): Level {
  switch (state) {
    case "leader":
    case "follower":
    case "observer":
    case "standalone":
      return "good";
    case "read-only":
    case "looking":
      return "warn";
    case undefined:
      return "idle";
    default:
      return "bad";
  }
}

/** How many transactions a member is behind the leader, if both are of one epoch. */
function behind(member: Member, members: Member[]): string {
  const leader = members.find((m) => m.state === "leader");
  if (!leader?.zxid || !member.zxid || member === leader) {
    return "–";
  }
  const ahead = zxidParts(leader.zxid);
  const own = zxidParts(member.zxid);
  // A new leader has written nothing yet: nobody can be behind.
  return ahead.epoch === own.epoch || ahead.counter === 0
    ? count(Math.max(0, ahead.counter - own.counter))
    : "earlier epoch";
}

function Members({ live, overview }: { live: Live; overview: Overview }) {
  const members = overview.members;
  return (
    <Panel title="Servers" aside="asked once a second">
      <div class="scroll">
        <table class="cards">
          <thead>
            <tr>
              <th>Server</th>
              <th>Role</th>
              <th>Client address</th>
              <th>Zxid</th>
              <th class="num">Behind</th>
              <th class="num">Requests/s</th>
              <th class="num">Latency avg / max ms</th>
              <th class="num">Connections</th>
              <th class="num">Under way</th>
              <th>Software</th>
            </tr>
          </thead>
          <tbody>
            {members.map((m) => (
              <tr key={m.id}>
                <td data-label="Server">
                  <span>
                    <strong>{m.id}</strong>
                    {m.self && <span class="hint"> this one</span>}
                  </span>
                </td>
                <td data-label="Role">
                  <Badge level={stateLevel(m.state)}>{m.state ?? "not asked yet"}</Badge>
                  {m.note && <span class="note">{m.note}</span>}
                </td>
                <td data-label="Client address" class="mono">
                  {m.client}
                </td>
                <td data-label="Zxid" class="mono">
                  {m.zxid ?? "–"}
                </td>
                <td data-label="Behind" class="num">
                  {behind(m, members)}
                </td>
                <td data-label="Requests/s" class="num">
                  {m.received === undefined ? "–" : figure(live.rates.get(m.id))}
                </td>
                <td data-label="Latency avg / max ms" class="num">
                  {latency(m.latency)}
                </td>
                <td data-label="Connections" class="num">
                  {m.connections === undefined ? "–" : count(Number(m.connections))}
                </td>
                <td data-label="Under way" class="num">
                  {m.outstanding === undefined ? "–" : count(Number(m.outstanding))}
                </td>
                <td data-label="Software" title={m.version}>
                  {software(m.version)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function latency(text: string | undefined): string {
  const [, average, max] = text?.split("/") ?? [];
  return average === undefined || max === undefined ? "–" : `${figure(Number(average))} / ${figure(Number(max))}`;
}

function software(version: string | undefined): string {
  if (!version) {
    return "–";
  }
  const own = /-quorate-([^,]*)/.exec(version);
  return own ? `Quorate ${own[1]}` : `ZooKeeper ${version.split(/[-,]/)[0]}`;
}

function Here({ live, overview }: { live: Live; overview: Overview }) {
  const here = overview.here;
  const rates = live.samples.map((s) => s.requests);
  const full = here.memoryLimitBytes > 0 && here.memoryLimitBytes < Number.MAX_SAFE_INTEGER;
  return (
    <Panel title={`Server ${overview.serverId}`} aside={`up ${span(here.uptimeMillis)}`}>
      <figure class="rate">
        <figcaption>
          <strong>{figure(rates.at(-1))}</strong> requests/s
          <span class="hint">last five minutes, as long as this page is open</span>
        </figcaption>
        <Sparkline values={rates} slots={300} label="Requests per second over the last five minutes" />
      </figure>
      <Facts>
        <Fact name="Znodes">{count(here.znodes)}</Fact>
        <Fact name="Paths and data">{bytes(here.dataBytes)}</Fact>
        <Fact name="Tree in memory">
          {bytes(here.memoryBytes)}
          {full && <span class="hint"> of {bytes(here.memoryLimitBytes)}</span>}
        </Fact>
        <Fact name="Sessions">{count(here.sessions)}</Fact>
        <Fact name="Ephemerals">{count(here.ephemerals)}</Fact>
        <Fact name="Watches" hint="Set through this server">
          {count(here.watches)}
        </Fact>
        <Fact name="Connections">{count(here.connections)}</Fact>
        <Fact name="Slow syncs" hint="Syncs of the log that took longer than fsync.warningthresholdms">
          {count(here.slowSyncs)}
        </Fact>
      </Facts>
    </Panel>
  );
}

function told(change: RoleChange): string {
  switch (change.role) {
    case "leading":
      return `leads in epoch ${change.epoch}`;
    case "following":
      return `follows server ${change.leader} in epoch ${change.epoch}`;
    case "observing":
      return `observes server ${change.leader} in epoch ${change.epoch}`;
    default:
      return "looks for a leader";
  }
}

function History({ overview }: { overview: Overview }) {
  const hour = overview.history.filter((c) => overview.atMillis - c.atMillis < 3_600_000 && c.role !== "looking").length;
  const aside = overview.standalone ? undefined : `${hour} in the last hour`;
  if (overview.standalone) {
    return (
      <Panel title="Leaders">
        <Empty>A standalone server has no elections. In an ensemble each change of leader is listed here.</Empty>
      </Panel>
    );
  }
  return (
    <Panel title="Leaders" aside={aside}>
      <ol class="timeline">
        {overview.history.map((c) => (
          <li key={c.atMillis + c.role} class={c.role === "looking" ? "warn" : "good"}>
            <time title={moment(c.atMillis)}>{ago(c.atMillis, overview.atMillis)}</time>
            <span>
              Server {overview.serverId} {told(c)}
              {c.reason && <span class="note">{c.reason}</span>}
            </span>
          </li>
        ))}
      </ol>
      {overview.history.length === 0 && <Empty>No change since this server started.</Empty>}
    </Panel>
  );
}
