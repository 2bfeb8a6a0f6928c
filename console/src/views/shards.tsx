// Databases on the toolkit: who is there, who leads what, where each shard is and why, and what would move.

import { useState } from "preact/hooks";
import { useAccess } from "../access";
import { post } from "../api";
import { useAsk } from "../ask";
import { Confirm } from "../confirm";
import { count, moment } from "../format";
import { Badge, Empty, Fact, Facts, type Level, Panel, Problem } from "../parts";
import { routeTo } from "../route";

interface ClusterNode {
  name: string;
  zone: string;
  rack: string;
  address: string;
  incarnation: string;
  state: "there" | "draining" | "back too recently" | "gone";
  replicas: number;
  leaders: number;
  copying: number;
  leaving: number;
}

interface TableSummary {
  name: string;
  shards: number;
  ever: number;
  version: number;
  replicas: number;
  leaderless: number;
  underReplicated: number;
}

interface Cluster {
  root: string;
  planner: string;
  nodes: ClusterNode[];
  tables: TableSummary[];
}

/** Its node, its role, and whether it is to go. */
type Replica = [node: string, role: "leader" | "follower" | "learner", leaving: boolean];

interface Shard {
  index: number;
  epoch: number;
  live: boolean;
  replicas: Replica[];
}

interface Why {
  now: string;
  wanted: string[];
  binding: string[];
  history: { atMillis: number; version: number; epoch: number; leader: string; replicas: string[]; why: string }[];
}

interface Preview {
  node: string;
  replicas: number;
  leaders: number;
  changes: { what: "replica" | "leader"; shard: string; from: string; to: string; why: string }[];
  shortfalls: string[];
}

const REFRESH_MILLIS = 3000;

/** What follows the view's name: root//table/shard; no path of a znode has two slashes in a row. */
function place(rest: string): { root: string; table: string; shard?: number } {
  const [root = "", below = ""] = rest.split("//", 2);
  const slash = below.lastIndexOf("/");
  const table = slash < 0 ? below : below.slice(0, slash);
  return { root, table, shard: slash < 0 ? undefined : Number(below.slice(slash + 1)) };
}

const to = (root: string, table: string, shard?: number): string =>
  routeTo("shards", `${root}//${table}${shard === undefined ? "" : `/${shard}`}`);

export function ShardView({ rest }: { rest: string }) {
  const asked = useAsk<{ roots: string[] }>("shards/clusters", {}, 10 * REFRESH_MILLIS);
  const wanted = place(rest);
  const roots = asked.answer?.roots ?? [];
  const root = wanted.root || roots[0];
  return (
    <>
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {asked.answer && !root && (
        <Panel title="Shards">
          <Empty>
            No database keeps its shards here. A database built with Quorate's toolkit (docs/cluster.md) is found if its
            root lies one or two levels below the root of the tree.
          </Empty>
        </Panel>
      )}
      {roots.length > 1 && (
        <div class="tabs" role="group" aria-label="Databases">
          {roots.map((r) => (
            <button type="button" key={r} aria-pressed={r === root} onClick={() => (location.hash = to(r, ""))}>
              {r}
            </button>
          ))}
        </div>
      )}
      {root && <OneCluster key={root} root={root} table={wanted.table} shard={wanted.shard} />}
    </>
  );
}

function OneCluster(props: { root: string; table: string; shard?: number }) {
  const asked = useAsk<Cluster>("shards/cluster", { root: props.root }, REFRESH_MILLIS);
  const [node, setNode] = useState("");
  const cluster = asked.answer;
  const table = props.table || cluster?.tables[0]?.name;
  const chosen = cluster?.nodes.find((n) => n.name === node);
  return (
    <>
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {cluster && <Verdict cluster={cluster} />}
      {cluster && <Heat cluster={cluster} chosen={node} onChoose={setNode} />}
      {cluster && chosen && <OneNode key={node} root={props.root} node={chosen} onChanged={asked.again} />}
      {cluster && table && (
        <div class="columns">
          <Table root={props.root} tables={cluster.tables} table={table} shard={props.shard} node={node} />
          {props.shard === undefined ? (
            <Panel title="A shard's story">
              <Empty>Choose a shard: what happened to it, why it is where it is, and why it does not move.</Empty>
            </Panel>
          ) : (
            <Story key={`${table}/${props.shard}`} root={props.root} table={table} shard={props.shard} />
          )}
        </div>
      )}
    </>
  );
}

function Verdict({ cluster }: { cluster: Cluster }) {
  const sum = (of: (t: TableSummary) => number): number => cluster.tables.reduce((all, t) => all + of(t), 0);
  const leaderless = sum((t) => t.leaderless);
  const under = sum((t) => t.underReplicated);
  const there = cluster.nodes.filter((n) => n.state !== "gone").length;
  const level: Level = leaderless > 0 ? "bad" : under > 0 || !cluster.planner ? "warn" : "good";
  const says =
    leaderless > 0
      ? `${count(leaderless)} shards are led by nobody`
      : under > 0
        ? `${count(under)} shards have fewer replicas than they should`
        : cluster.planner
          ? "Every shard is led and whole"
          : "Nobody plans: nothing will be mended";
  return (
    <section class={`verdict ${level}`}>
      <div>
        <h2>{says}</h2>
        <p>
          {cluster.planner ? (
            <>
              planned by <span class="mono">{cluster.planner}</span>
            </>
          ) : (
            "no planner"
          )}
        </p>
      </div>
      <dl>
        <div>
          <dt>Nodes</dt>
          <dd>{count(there)}</dd>
        </div>
        <div>
          <dt>Shards</dt>
          <dd>{count(sum((t) => t.shards))}</dd>
        </div>
        <div>
          <dt>Copies under way</dt>
          <dd>{count(cluster.nodes.reduce((all, n) => all + n.copying, 0))}</dd>
        </div>
      </dl>
    </section>
  );
}

/** Zones by nodes; the fuller a node, the stronger its colour. */
function Heat(props: { cluster: Cluster; chosen: string; onChoose: (node: string) => void }) {
  const { nodes } = props.cluster;
  const most = Math.max(1, ...nodes.map((n) => n.replicas));
  const zones = [...new Set(nodes.map((n) => n.zone))].sort();
  return (
    <Panel title="Nodes by zone" aside="replicas, and of them led">
      {nodes.length === 0 && <Empty>No node has joined yet.</Empty>}
      {zones.map((zone) => (
        <div class="zone" key={zone}>
          <h3>{zone || "no zone"}</h3>
          <ul>
            {nodes
              .filter((n) => n.zone === zone)
              .map((n) => (
                <li key={n.name}>
                  <button
                    type="button"
                    class={`cell ${n.state === "gone" ? "gone" : n.state === "there" ? "" : "odd"}`}
                    aria-pressed={n.name === props.chosen}
                    title={`${n.name}: ${n.state}, ${n.replicas} replicas, leads ${n.leaders}`}
                    onClick={() => props.onChoose(n.name === props.chosen ? "" : n.name)}
                  >
                    <span class="mono">{n.name}</span>
                    <span class="fill">
                      <span class="held" style={{ width: `${(n.replicas / most) * 100}%` }} />
                      <span class="led" style={{ width: `${(n.leaders / most) * 100}%` }} />
                    </span>
                    <span class="hint">
                      {count(n.replicas)} · {count(n.leaders)} led
                      {n.copying > 0 && ` · +${n.copying}`}
                      {n.leaving > 0 && ` · −${n.leaving}`}
                    </span>
                    {n.state !== "there" && <Badge level={n.state === "gone" ? "bad" : "warn"}>{n.state}</Badge>}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </Panel>
  );
}

function OneNode(props: { root: string; node: ClusterNode; onChanged: () => void }) {
  const { node, root } = props;
  const access = useAccess();
  const [previews, setPreviews] = useState(false);
  const [asks, setAsks] = useState(false);
  const draining = node.state === "draining";
  return (
    <Panel title={node.name} aside={<Badge level={node.state === "there" ? "good" : "warn"}>{node.state}</Badge>}>
      <Facts>
        <Fact name="Address">{node.address || "–"}</Fact>
        <Fact name="Zone, rack">{[node.zone, node.rack].filter(Boolean).join(", ") || "–"}</Fact>
        <Fact name="Incarnation" hint="The zxid that made its membership">
          {node.incarnation || "–"}
        </Fact>
        <Fact name="Replicas">{count(node.replicas)}</Fact>
        <Fact name="Leads">{count(node.leaders)}</Fact>
        <Fact name="Coming, going">
          {count(node.copying)}, {count(node.leaving)}
        </Fact>
      </Facts>
      {node.state !== "gone" && (
        <p class="actions">
          <button type="button" onClick={() => setPreviews(!previews)}>
            {previews ? "Hide the preview" : "What would move without it?"}
          </button>
          {access?.signedIn && (
            <button type="button" onClick={() => setAsks(true)}>
              {draining ? "Let it have shards again…" : "Drain…"}
            </button>
          )}
          {access && !access.signedIn && <span class="hint">Who signs in may drain it.</span>}
        </p>
      )}
      {previews && <PlanPreview root={root} node={node.name} />}
      {asks && (
        <Confirm
          title={draining ? `Let ${node.name} have shards again?` : `Drain ${node.name}?`}
          action={draining ? "Let it" : "Drain it"}
          onClose={() => setAsks(false)}
          onDo={async () => {
            await post("shards/drain", { root, node: node.name, undo: draining });
            props.onChanged();
          }}
        >
          <p>
            {draining
              ? "The planner gives it shards as to any other node."
              : "Its leaders are handed over first, then its replicas are copied elsewhere. It keeps running, and this can be undone."}
          </p>
        </Confirm>
      )}
    </Panel>
  );
}

function PlanPreview({ root, node }: { root: string; node: string }) {
  const asked = useAsk<Preview>("shards/plan", { root, node });
  const plan = asked.answer;
  if (asked.problem) {
    return <Problem>{asked.problem}</Problem>;
  }
  if (!plan) {
    return <Empty>Planning…</Empty>;
  }
  return (
    <div class="preview">
      <p>
        Without {node}, {count(plan.replicas)} replicas would move and {count(plan.leaders)} leaders change. Nothing is
        done.
      </p>
      {plan.shortfalls.map((s) => (
        <Problem key={s}>{s}</Problem>
      ))}
      {plan.changes.length > 0 && (
        <div class="scroll">
          <table class="cards">
            <thead>
              <tr>
                <th>Shard</th>
                <th>What</th>
                <th>From</th>
                <th>To</th>
                <th>Because</th>
              </tr>
            </thead>
            <tbody>
              {plan.changes.map((c) => (
                <tr key={`${c.shard} ${c.what} ${c.from} ${c.to}`}>
                  <td data-label="Shard" class="mono">
                    {c.shard}
                  </td>
                  <td data-label="What">{c.what === "leader" ? "leader" : "replica"}</td>
                  <td data-label="From" class="mono">
                    {c.from || "–"}
                  </td>
                  <td data-label="To" class="mono">
                    {c.to || "–"}
                  </td>
                  <td data-label="Because" class="wrap">
                    {c.why}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {plan.replicas + plan.leaders > plan.changes.length && <p class="hint">The first {count(plan.changes.length)}.</p>}
    </div>
  );
}

function stateOf(shard: Shard): "whole" | "moving" | "leaderless" | "over" {
  if (!shard.live) {
    return "over";
  }
  if (!shard.replicas.some(([, role]) => role === "leader")) {
    return "leaderless";
  }
  return shard.replicas.some(([, role, leaving]) => leaving || role === "learner") ? "moving" : "whole";
}

function Table(props: { root: string; tables: TableSummary[]; table: string; shard?: number; node: string }) {
  const asked = useAsk<{ shards: Shard[]; next: number }>(
    "shards/table",
    { root: props.root, table: props.table },
    REFRESH_MILLIS,
  );
  const summary = props.tables.find((t) => t.name === props.table);
  const shards = asked.answer?.shards ?? [];
  const has = (s: Shard): boolean => s.replicas.some(([n]) => n === props.node);
  const leads = (s: Shard): boolean => s.replicas.some(([n, role]) => n === props.node && role === "leader");
  return (
    <Panel
      title="Shards"
      aside={summary && `${count(summary.shards)} × ${summary.replicas}, map version ${count(summary.version)}`}
    >
      {props.tables.length > 1 && (
        <div class="tabs" role="group" aria-label="Tables">
          {props.tables.map((t) => (
            <button
              type="button"
              key={t.name}
              aria-pressed={t.name === props.table}
              onClick={() => (location.hash = to(props.root, t.name))}
            >
              {t.name}
            </button>
          ))}
        </div>
      )}
      {asked.problem && <Problem>{asked.problem}</Problem>}
      <ul class="shards" aria-label={`Shards of ${props.table}`}>
        {shards.map((s) => (
          <li key={s.index}>
            <a
              href={to(props.root, props.table, s.index)}
              class={`${stateOf(s)} ${props.node && leads(s) ? "leads" : props.node && has(s) ? "has" : ""}`}
              aria-current={s.index === props.shard ? "true" : undefined}
              aria-label={`Shard ${s.index}`}
              title={`${props.table}/${s.index}, epoch ${s.epoch}: ${s.replicas
                .map(([n, role, leaving]) => n + (role === "leader" ? "*" : role === "learner" ? "+" : "") + (leaving ? "−" : ""))
                .join(" ")}`}
            />
          </li>
        ))}
      </ul>
      <p class="hint legend">
        <span class="whole">led and at rest</span>
        <span class="moving">on its way</span>
        <span class="leaderless">led by nobody</span>
        {props.node && <span class="leads">led by {props.node}</span>}
        {props.node && <span class="has">held by {props.node}</span>}
      </p>
      {asked.answer && asked.answer.next >= 0 && <p class="hint">The first {count(shards.length)}.</p>}
    </Panel>
  );
}

function Story({ root, table, shard }: { root: string; table: string; shard: number }) {
  const asked = useAsk<Why>("shards/why", { root, table, shard: String(shard) }, 2 * REFRESH_MILLIS);
  const why = asked.answer;
  return (
    <Panel title={`${table}/${shard}`} aside={why?.now}>
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {why && (
        <>
          <h3>Why it is here</h3>
          <ul class="sentences">
            {why.wanted.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {why.binding.length > 0 && <h3>Why it is not as it should be</h3>}
          <ul class="sentences">
            {why.binding.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <h3>What happened to it</h3>
          {why.history.length === 0 && <Empty>Nothing that the log still holds.</Empty>}
          <ol class="timeline">
            {[...why.history].reverse().map((e) => (
              <li key={e.version} class={e.leader ? "" : "warn"}>
                <time>{moment(e.atMillis)}</time>
                <span>
                  {e.why}
                  <span class="note">
                    epoch {e.epoch}, {e.leader ? `${e.leader} leads` : "nobody leads"}; {e.replicas.join(" ")}; version{" "}
                    {count(e.version)}
                  </span>
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}
