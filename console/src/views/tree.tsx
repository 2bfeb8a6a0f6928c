import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useAccess } from "../access";
import { type Child, type ChildrenPage, get, post, type Watchers, type Znode } from "../api";
import { useAsk } from "../ask";
import { Confirm } from "../confirm";
import { bytesOf, type Form, hexOf, jsonOf, textOf } from "../data";
import { ago, bytes, count, moment, span } from "../format";
import { Empty, Fact, Facts, Panel, Problem } from "../parts";
import { routeTo } from "../route";

const PAGE = 100;

function join(path: string, name: string): string {
  return path === "/" ? `/${name}` : `${path}/${name}`;
}

export function Tree({ rest }: { rest: string }) {
  const access = useAccess();
  const path = rest || "/";
  return (
    <>
      <PathBar path={path} />
      <div class="columns tree">
        <Children path={path} key={`c${path}`} />
        <Detail path={path} key={`d${path}`} mayChange={access?.signedIn ?? false} />
      </div>
    </>
  );
}

/** The way to the znode, each step a link; and a field to go anywhere. */
function PathBar({ path }: { path: string }) {
  const [typed, setTyped] = useState(path);
  useEffect(() => setTyped(path), [path]);
  const steps = path === "/" ? [] : path.slice(1).split("/");
  return (
    <div class="pathbar">
      <ol aria-label="Path" class="mono">
        <li>
          <a href={routeTo("tree", "/")}>/</a>
        </li>
        {steps.map((step, i) => (
          <li key={i}>
            <a
              href={routeTo("tree", `/${steps.slice(0, i + 1).join("/")}`)}
              aria-current={i === steps.length - 1 ? "location" : undefined}
            >
              {step}
            </a>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          location.hash = routeTo("tree", typed.length > 1 ? typed.replace(/\/+$/, "") : "/");
        }}
      >
        <input
          class="mono"
          aria-label="Go to a path"
          placeholder="/path"
          value={typed}
          spellcheck={false}
          onInput={(e) => setTyped(e.currentTarget.value)}
        />
        <button type="submit">Go</button>
      </form>
    </div>
  );
}

function Children({ path }: { path: string }) {
  const [prefix, setPrefix] = useState("");
  const wanted = useDelayed(prefix, 200);
  const first = useAsk<ChildrenPage>("tree/children", { path, prefix: wanted, limit: String(PAGE) }, 5000);
  const [more, setMore] = useState<{ of: string; children: Child[]; more: boolean }>({ of: "", children: [], more: false });
  const [problem, setProblem] = useState("");
  const key = `${path}|${wanted}`;
  const further = more.of === key ? more : { children: [], more: first.answer?.more ?? false };
  const page = first.answer;
  const shown = page ? [...page.children, ...further.children] : [];
  const hasMore = further.children.length > 0 ? further.more : (page?.more ?? false);
  const next = async (): Promise<void> => {
    try {
      const answer = await get<ChildrenPage>("tree/children", {
        path,
        prefix: wanted,
        limit: String(PAGE * 5),
        after: shown.at(-1)?.name ?? "",
      });
      setMore({ of: key, children: [...further.children, ...answer.children], more: answer.more ?? false });
      setProblem("");
    } catch (e) {
      setProblem((e as Error).message);
    }
  };
  const total = page?.total ?? 0;
  const anyDeeper = shown.some((child) => child.children > 0);
  return (
    <Panel title="Children" aside={page ? `${count(total)} in all` : undefined} class="children">
      <input
        type="search"
        placeholder="Names that begin with…   ( / )"
        aria-label="Search children by the beginning of their names"
        value={prefix}
        spellcheck={false}
        onInput={(e) => setPrefix(e.currentTarget.value)}
      />
      {(first.problem || problem) && <Problem>{first.problem ?? problem}</Problem>}
      {page?.hidden && <Empty>Its access list does not let anyone read the children.</Empty>}
      {page && !page.hidden && shown.length === 0 && (
        <Empty>{wanted ? `None of ${count(total)} begins with “${wanted}”.` : "No children."}</Empty>
      )}
      {page?.complete === false && <Empty>The search was ended after two seconds; there may be others.</Empty>}
      {shown.length > 0 && (
        <ul class="names" onKeyDown={walk}>
          {shown.map((child) => (
            <li key={child.name}>
              <a href={routeTo("tree", join(path, child.name))}>
                <span class="name mono">{child.name}</span>
                {child.kind !== "persistent" && <span class={`kind ${child.kind}`}>{child.kind}</span>}
                <span class="num" title="Bytes of data">
                  {bytes(child.bytes)}
                </span>
                {anyDeeper && (
                  <span class="num deeper" title="Children">
                    {child.children > 0 ? `${count(child.children)} ▸` : ""}
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      )}
      {hasMore && (
        <p class="more">
          <button type="button" onClick={() => void next()}>
            Show more
          </button>
          <span class="hint">
            {count(shown.length)} shown{page?.sorted === false && ", in the tree’s own order: too many to sort"}
          </span>
        </p>
      )}
    </Panel>
  );
}

/** Up and down go through a list of links. */
function walk(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0) {
    const links = [...(event.currentTarget as HTMLElement).querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    links[at + step]?.focus();
    event.preventDefault();
  }
}

function useDelayed(value: string, millis: number): string {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis]);
  return delayed;
}

function Detail({ path, mayChange }: { path: string; mayChange: boolean }) {
  const asked = useAsk<Znode>("tree/node", { path }, 5000);
  const [editing, setEditing] = useState(false);
  const [dialog, setDialog] = useState<"create" | "delete">();
  const node = asked.answer;
  if (!node) {
    return <Panel title="Znode">{asked.problem ? <Problem>{asked.problem}</Problem> : <Empty>Reading…</Empty>}</Panel>;
  }
  const data = node.data === undefined ? undefined : bytesOf(node.data);
  return (
    <div class="stack">
      <Panel
        title="Data"
        aside={node.hidden ? undefined : node.data === undefined ? "null" : bytes(node.stat.dataLength)}
      >
        {node.hidden ? (
          <Empty>Its access list does not let anyone read it. Who signs in may.</Empty>
        ) : editing ? (
          <Editor
            node={node}
            text={data ? (textOf(data, false) ?? "") : ""}
            onDone={() => {
              setEditing(false);
              asked.again();
            }}
          />
        ) : (
          <Data node={node} data={data} />
        )}
        {!editing && !node.hidden && (
          <p class="actions">
            {mayChange && !node.truncated && (data === undefined || textOf(data, false) !== undefined) && (
              <button type="button" onClick={() => setEditing(true)}>
                Edit
              </button>
            )}
            {mayChange && (
              <>
                <button type="button" onClick={() => setDialog("create")}>
                  Create a child
                </button>
                <button type="button" disabled={path === "/" || node.stat.childCount > 0} onClick={() => setDialog("delete")}>
                  Delete
                </button>
              </>
            )}
            <a class="button" href={`./api/tree/data?${new URLSearchParams({ path })}`} download>
              Download
            </a>
          </p>
        )}
      </Panel>
      <StatPanel node={node} />
      <AclPanel node={node} />
      <WatcherPanel path={path} />
      {dialog === "create" && <Create path={path} onClose={() => setDialog(undefined)} onDone={asked.again} />}
      {dialog === "delete" && <Delete node={node} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function Data({ node, data }: { node: Znode; data: Uint8Array | undefined }) {
  const forms = useMemo(() => {
    const text = data && textOf(data, node.truncated ?? false);
    const json = jsonOf(text);
    const all = new Map<Form, string>();
    if (json !== undefined) {
      all.set("json", json);
    }
    if (text !== undefined) {
      all.set("text", text);
    }
    if (data) {
      all.set("hex", hexOf(data.subarray(0, 16 * 1024)));
    }
    return all;
  }, [node.data]);
  const [wanted, setWanted] = useState<Form>();
  if (!data || data.length === 0) {
    return <Empty>{data ? "Empty: no bytes." : "No data: it was created with null."}</Empty>;
  }
  const shown = wanted && forms.has(wanted) ? wanted : ([...forms.keys()][0] as Form);
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Form of the data">
        {[...forms.keys()].map((form) => (
          <button type="button" role="tab" key={form} aria-selected={form === shown} onClick={() => setWanted(form)}>
            {form === "json" ? "JSON" : form === "hex" ? "Hex" : "Text"}
          </button>
        ))}
      </div>
      <pre class="data" tabIndex={0}>
        {forms.get(shown)}
      </pre>
      {node.truncated && <p class="hint">The first 64 KiB; download it to have all.</p>}
    </>
  );
}

function Editor({ node, text, onDone }: { node: Znode; text: string; onDone: () => void }) {
  const [draft, setDraft] = useState(text);
  const [problem, setProblem] = useState("");
  const version = useRef(node.stat.version);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await post("tree/set", { path: node.path, text: draft, version: version.current });
      onDone();
    } catch (e) {
      setProblem((e as Error).message);
    }
  };
  return (
    <form onSubmit={save}>
      <textarea
        class="mono"
        rows={12}
        aria-label="Data"
        value={draft}
        spellcheck={false}
        onInput={(e) => setDraft(e.currentTarget.value)}
      />
      {problem && <Problem>{problem}</Problem>}
      <p class="actions">
        <button type="submit" class="primary" disabled={draft === text}>
          Save over version {version.current}
        </button>
        <button type="button" onClick={onDone}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function Create({ path, onClose, onDone }: { path: string; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  return (
    <Confirm
      title={`Create a child of ${path}`}
      action="Create"
      onClose={onClose}
      onDo={async () => {
        await post("tree/create", { path: join(path, name), text });
        onDone();
      }}
    >
      <label>
        Name
        <input class="mono" value={name} required pattern="[^/]+" onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <label>
        Data
        <textarea class="mono" rows={5} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <p class="hint">Persistent, and open to anyone, as zkCli creates it.</p>
    </Confirm>
  );
}

function Delete({ node, onClose }: { node: Znode; onClose: () => void }) {
  return (
    <Confirm
      title="Delete this znode?"
      action="Delete"
      danger
      onClose={onClose}
      onDo={async () => {
        await post("tree/delete", { path: node.path, version: node.stat.version });
        location.hash = routeTo("tree", node.path.slice(0, node.path.lastIndexOf("/")) || "/");
      }}
    >
      <p class="mono">{node.path}</p>
      <p>Version {node.stat.version} is deleted, with its data. This cannot be undone.</p>
    </Confirm>
  );
}

function kindText(node: Znode) {
  switch (node.kind) {
    case "ephemeral":
      return (
        <>
          Ephemeral, of session{" "}
          <a class="mono" href={routeTo("sessions", node.owner)}>
            {node.owner}
          </a>
        </>
      );
    case "container":
      return "Container: removed when its last child is gone";
    case "ttl":
      return `Lives ${span(node.ttlMillis)} after its last change, unless it has children`;
    default:
      return "Persistent";
  }
}

function StatPanel({ node }: { node: Znode }) {
  const stat = node.stat;
  const now = Date.now();
  return (
    <Panel title="Stat">
      <p class="kindline">{kindText(node)}</p>
      <Facts>
        <Fact name="Created" hint="ctime">
          {moment(stat.ctimeMillis)}
          <span class="hint">{stat.ctimeMillis > 0 ? ago(stat.ctimeMillis, now) : "with the tree"}</span>
        </Fact>
        <Fact name="Data changed" hint="mtime">
          {moment(stat.mtimeMillis)}
          <span class="hint">{stat.mtimeMillis > 0 ? ago(stat.mtimeMillis, now) : "never"}</span>
        </Fact>
        <Fact name="Data version" hint="version: times the data was set">
          {count(stat.version)}
        </Fact>
        <Fact name="Access list version" hint="aversion: times the access list was set">
          {count(stat.aversion)}
        </Fact>
        <Fact name="Child changes" hint="cversion: children created and deleted">
          {count(stat.cversion)}
        </Fact>
        <Fact name="Children" hint="numChildren">
          {count(stat.childCount)}
        </Fact>
        <Fact name="Created by" hint="czxid: the transaction that created it">
          <span class="mono">{stat.czxid}</span>
        </Fact>
        <Fact name="Data set by" hint="mzxid: the last transaction that set the data">
          <span class="mono">{stat.mzxid}</span>
        </Fact>
        <Fact name="Children by" hint="pzxid: the last transaction that created or deleted a child">
          <span class="mono">{stat.pzxid}</span>
        </Fact>
      </Facts>
    </Panel>
  );
}

const PERMS: [number, string][] = [
  [1, "read"],
  [2, "write"],
  [4, "create"],
  [8, "delete"],
  [16, "admin"],
];

function who(scheme: string, id: string): string {
  if (scheme === "world" && id === "anyone") {
    return "anyone";
  }
  return scheme === "auth" ? "whoever created it" : `${scheme}: ${id}`;
}

function AclPanel({ node }: { node: Znode }) {
  return (
    <Panel title="Access list">
      {node.acl ? (
        <table class="plain">
          <tbody>
            {node.acl.map((entry) => (
              <tr key={`${entry.scheme}:${entry.id}`}>
                <td class="wrap">{who(entry.scheme, entry.id)}</td>
                <td class="perms">
                  {PERMS.map(([bit, name]) => (
                    <span key={name} class={entry.perms & bit ? "on" : "off"}>
                      {name}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <Empty>Shown to who may read the znode.</Empty>
      )}
    </Panel>
  );
}

function WatcherPanel({ path }: { path: string }) {
  const asked = useAsk<Watchers>("tree/watchers", { path }, 10_000);
  const watchers = asked.answer;
  return (
    <Panel title="Who watches" aside="through this server">
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {watchers?.tooMany && <Empty>This server holds too many watches to look through them.</Empty>}
      {watchers?.count === 0 && <Empty>Nobody watches its data or children.</Empty>}
      {watchers?.sessions && watchers.sessions.length > 0 && (
        <ul class="links mono">
          {watchers.sessions.map((id) => (
            <li key={id}>
              <a href={routeTo("sessions", id)}>{id}</a>
            </li>
          ))}
        </ul>
      )}
      {(watchers?.count ?? 0) > (watchers?.sessions?.length ?? 0) && (
        <p class="hint">{count(watchers?.count)} sessions in all.</p>
      )}
    </Panel>
  );
}
