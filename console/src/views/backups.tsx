import { useCommand } from "../ask";
import { ago, bytes, count, moment } from "../format";
import { Badge, Empty, Panel, Problem } from "../parts";

interface Backup {
  time_ms: number;
  to: string;
  id: string;
  zxid: string;
  znodes: number;
  bytes: number;
  encrypted: boolean;
  /** Why there is none; empty if all is well. */
  failed: string;
}

const REFRESH_MILLIS = 10_000;
const OLD_MILLIS = 48 * 3_600_000;

export function Backups() {
  const asked = useCommand<{ backups: Backup[] }>("backups", {}, REFRESH_MILLIS);
  const backups = asked.answer?.backups;
  const good = backups?.filter((b) => !b.failed);
  return (
    <>
      {asked.problem && <Problem>{asked.problem}</Problem>}
      {backups && <State last={backups[0]} good={good?.[0]} />}
      {backups && backups.length > 0 && (
        <Panel title="Made and failed" aside={`${count(good?.length)} of ${count(backups.length)} succeeded`}>
          <div class="scroll">
            <table class="cards">
              <thead>
                <tr>
                  <th>When</th>
                  <th>Outcome</th>
                  <th>To</th>
                  <th>Up to zxid</th>
                  <th class="num">Znodes</th>
                  <th class="num">Files</th>
                </tr>
              </thead>
              <tbody>
                {backups.map((b) => (
                  <tr key={`${b.time_ms}${b.to}`}>
                    <td data-label="When" title={ago(b.time_ms, Date.now())}>
                      {moment(b.time_ms)}
                    </td>
                    <td data-label="Outcome" class="wrap">
                      <div>
                        <Badge level={b.failed ? "bad" : "good"}>{b.failed ? "failed" : "can be restored"}</Badge>
                        {b.failed && <span class="note">{b.failed}</span>}
                        {b.encrypted && <span class="note">encrypted</span>}
                      </div>
                    </td>
                    <td data-label="To" class="mono wrap">
                      <div>
                        {b.to}
                        {b.id && <span class="note">{b.id}</span>}
                      </div>
                    </td>
                    <td data-label="Up to zxid" class="mono">
                      {b.zxid || "–"}
                    </td>
                    <td data-label="Znodes" class="num">
                      {b.failed ? "–" : count(b.znodes)}
                    </td>
                    <td data-label="Files" class="num">
                      {b.failed ? "–" : bytes(b.bytes)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
    </>
  );
}

function State({ last, good }: { last?: Backup; good?: Backup }) {
  const now = Date.now();
  return (
    <Panel title="Backups of this server">
      {!last && (
        <Empty>
          None was made of this server's data directory. <code>quorate backup create</code> makes one while the server
          serves, <code>quorate backup schedule</code> makes them by the clock.
        </Empty>
      )}
      {last && (
        <p>
          {good ? (
            <>
              The last good one was made at {moment(good.time_ms)},{" "}
              <Badge level={now - good.time_ms > OLD_MILLIS ? "warn" : "good"}>{ago(good.time_ms, now)}</Badge>
            </>
          ) : (
            <Badge level="bad">none has succeeded</Badge>
          )}
          {last.failed && (
            <>
              {" "}
              <Badge level="bad">the last one failed</Badge>
            </>
          )}
        </p>
      )}
    </Panel>
  );
}
