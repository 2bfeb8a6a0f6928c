import { useState } from "preact/hooks";
import { useAccess } from "../access";
import { post } from "../api";
import { useAsk, useCommand } from "../ask";
import { Confirm } from "../confirm";
import { count } from "../format";
import { useLive } from "../live";
import { Badge, Empty, Panel, Problem } from "../parts";
import { routeTo } from "../route";

type Values = Record<string, unknown>;

interface Preview {
  version: string;
  votersNow: number;
  votersNext: number;
  neededNext: number;
  mayFailNext: number;
  members: { id: number; before: string; after: string }[];
}

export function Configuration() {
  const overview = useLive().overview;
  const now = useCommand<Values>("configuration");
  const told = useAsk<{ text: string }>("configuration");
  return (
    <>
      {overview && !overview.standalone && <Reconfiguration />}
      <div class="columns">
        <Panel title="In force">
          {now.problem && <Problem>{now.problem}</Problem>}
          {now.answer && <Table values={now.answer} />}
        </Panel>
        <Panel title="As configured">
          {told.problem && <Problem>{told.problem}</Problem>}
          {told.answer && <Told text={told.answer.text} />}
        </Panel>
      </div>
    </>
  );
}

function Table({ values }: { values: Values }) {
  return (
    <table class="plain pairs">
      <tbody>
        {Object.entries(values)
          .filter(([key]) => key !== "command" && key !== "error")
          .map(([key, value]) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td class="mono wrap">{String(value)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

function Told({ text }: { text: string }) {
  return text ? <pre class="data">{text.trim()}</pre> : <Empty>No configuration file was given.</Empty>;
}

/** Members that come and go: first what would be, then, if wanted, that. */
function Reconfiguration() {
  const access = useAccess();
  const [joining, setJoining] = useState("");
  const [leaving, setLeaving] = useState("");
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState("");
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  if (!access?.signedIn) {
    return (
      <Panel title="Change the members">
        <Empty>
          Who signs in may add and remove servers, and sees beforehand what becomes of the quorum.{" "}
          <a href={routeTo("account")}>{access?.loginEnabled ? "Sign in" : "How to allow it"}</a>
        </Empty>
      </Panel>
    );
  }
  const look = async (event: Event): Promise<void> => {
    event.preventDefault();
    setDone(false);
    try {
      setPreview(await post<Preview>("reconfig/preview", { joining, leaving }));
      setProblem("");
    } catch (e) {
      setPreview(undefined);
      setProblem((e as Error).message);
    }
  };
  return (
    <Panel title="Change the members">
      <form class="reconfig" onSubmit={look}>
        <label>
          Joining or changing
          <input
            class="mono"
            value={joining}
            placeholder="server.4=host:2888:3888:participant;2181"
            spellcheck={false}
            onInput={(e) => {
              setJoining(e.currentTarget.value);
              setPreview(undefined);
            }}
          />
        </label>
        <label>
          Leaving
          <input
            class="mono"
            value={leaving}
            placeholder="3"
            spellcheck={false}
            onInput={(e) => {
              setLeaving(e.currentTarget.value);
              setPreview(undefined);
            }}
          />
        </label>
        <button type="submit" disabled={!joining && !leaving}>
          Preview
        </button>
      </form>
      {problem && <Problem>{problem}</Problem>}
      {done && <p class="done">Done: the ensemble has its new members.</p>}
      {preview && (
        <>
          <p class="kindline">
            {count(preview.votersNow)} voters become {count(preview.votersNext)}: {count(preview.neededNext)} needed,{" "}
            {count(preview.mayFailNext)} may fail.
            {preview.mayFailNext === 0 && " With these members no server may fail."}
          </p>
          <table class="plain diff">
            <tbody>
              {preview.members.map((m) => (
                <tr key={m.id}>
                  <th scope="row">server {m.id}</th>
                  <td>
                    <Badge level={m.before === m.after ? "idle" : m.after ? "good" : "bad"}>
                      {m.before === m.after ? "stays" : !m.after ? "leaves" : m.before ? "changes" : "joins"}
                    </Badge>
                  </td>
                  <td class="mono wrap">
                    {m.before && m.before !== m.after && <del>{m.before}</del>} {m.after}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="actions">
            <button type="button" class="primary" onClick={() => setAsking(true)}>
              Apply…
            </button>
          </p>
        </>
      )}
      {asking && preview && (
        <Confirm
          title="Change the members of the ensemble?"
          action="Apply"
          danger
          onClose={() => setAsking(false)}
          onDo={async () => {
            await post("reconfig/apply", { joining, leaving, version: preview.version });
            setPreview(undefined);
            setJoining("");
            setLeaving("");
            setDone(true);
          }}
        >
          <p>
            {count(preview.votersNow)} voters become {count(preview.votersNext)}. Refused if anybody has changed the
            members since the preview.
          </p>
        </Confirm>
      )}
    </Panel>
  );
}
