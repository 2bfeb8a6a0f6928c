import { useEffect, useState } from "preact/hooks";
import { useAccess } from "../access";
import { post, type SessionDetail, type SessionList, type SessionRow } from "../api";
import { useAsk } from "../ask";
import { Confirm } from "../confirm";
import { ago, count, figure, span } from "../format";
import { Empty, Panel, Problem } from "../parts";
import { routeTo } from "../route";

export function Sessions({ rest }: { rest: string }) {
  const [search, setSearch] = useState(rest);
  useEffect(() => setSearch(rest), [rest]);
  const asked = useAsk<SessionList>("sessions", { search }, 3000);
  const access = useAccess();
  const [victim, setVictim] = useState<SessionRow>();
  const list = asked.answer;
  const aside = list && (search ? `${count(list.found)} of ${count(list.total)}` : `${count(list.total)} in the ensemble`);
  return (
    <>
      <Panel title="Sessions" aside={aside}>
        <input
          type="search"
          placeholder="Session id or client address   ( / )"
          aria-label="Search sessions by id or client address"
          value={search}
          spellcheck={false}
          onInput={(e) => setSearch(e.currentTarget.value)}
        />
        {asked.problem && <Problem>{asked.problem}</Problem>}
        {list && list.sessions.length === 0 && (
          <Empty>{search ? "No session fits." : "No client has a session now."}</Empty>
        )}
        {list && list.sessions.length > 0 && (
          <div class="scroll">
            <table class="cards">
              <thead>
                <tr>
                  <th>Session</th>
                  <th>Client</th>
                  <th class="num">Connected</th>
                  <th class="num">Timeout</th>
                  <th class="num">Ephemerals</th>
                  <th class="num">Watches</th>
                  <th class="num">Requests</th>
                  <th class="num">Latency avg / max ms</th>
                  {access?.signedIn && <th />}
                </tr>
              </thead>
              <tbody>
                {list.sessions.map((s) => (
                  <tr key={s.id} class={s.id === rest ? "chosen" : ""}>
                    <td data-label="Session" class="mono">
                      <a href={routeTo("sessions", s.id)}>{s.id}</a>
                    </td>
                    <td data-label="Client" class={s.client ? "mono" : "hint"}>
                      {s.client ?? "at another server, or away"}
                    </td>
                    <td data-label="Connected" class="num">
                      {s.sinceMillis ? ago(s.sinceMillis, Date.now()) : "–"}
                    </td>
                    <td data-label="Timeout" class="num">
                      {span(s.timeoutMillis)}
                    </td>
                    <td data-label="Ephemerals" class="num">
                      {count(s.ephemerals)}
                    </td>
                    <td data-label="Watches" class="num">
                      {count(s.watches)}
                    </td>
                    <td data-label="Requests" class="num">
                      {count(s.received)}
                    </td>
                    <td data-label="Latency avg / max ms" class="num">
                      {s.averageMillis === undefined ? "–" : `${figure(s.averageMillis)} / ${figure(s.maxMillis)}`}
                    </td>
                    {access?.signedIn && (
                      <td class="num">
                        <button type="button" class="small" onClick={() => setVictim(s)}>
                          End…
                        </button>
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {list && list.found > list.sessions.length && (
          <p class="hint">The first {count(list.sessions.length)}; search to see others.</p>
        )}
      </Panel>
      {rest && <Detail id={rest} key={rest} />}
      {victim && (
        <Confirm
          title="End this session?"
          action="End the session"
          danger
          onClose={() => setVictim(undefined)}
          onDo={async () => {
            await post("session/end", { id: victim.id });
            asked.again();
          }}
        >
          <p class="mono">{victim.id}</p>
          <p>
            Its client{victim.client ? ` at ${victim.client}` : ""} will find its session expired, and its{" "}
            {count(victim.ephemerals)} ephemeral znodes go at once. This cannot be undone.
          </p>
        </Confirm>
      )}
    </>
  );
}

function Detail({ id }: { id: string }) {
  const asked = useAsk<SessionDetail>("session", { id }, 5000);
  const session = asked.answer;
  return (
    <div class="columns">
      <Panel title="Ephemeral znodes" aside={session && count(session.ephemeralCount)}>
        {asked.problem && <Problem>{asked.problem}</Problem>}
        {session && <Paths paths={session.ephemerals} all={session.ephemeralCount} none="It owns none." />}
      </Panel>
      <Panel title="Watches" aside={session && `${count(session.watchCount)} through this server`}>
        {session && <Paths paths={session.watches} all={session.watchCount} none="It watches nothing here." />}
      </Panel>
    </div>
  );
}

function Paths({ paths, all, none }: { paths: string[]; all: number; none: string }) {
  if (paths.length === 0) {
    return <Empty>{none}</Empty>;
  }
  return (
    <>
      <ul class="links mono">
        {paths.map((path) => (
          <li key={path}>
            <a href={routeTo("tree", path)}>{path}</a>
          </li>
        ))}
      </ul>
      {all > paths.length && <p class="hint">The first {count(paths.length)}.</p>}
    </>
  );
}
