/** Whether everything is as it should be, and how the arena runs. */

import "./health.css";

import { useHealth, useRun } from "../../api/queries";
import { count } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Checks, HealthTag } from "../../parts/checks";
import { At } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";

export default function HealthPage() {
  useTitle("Health");
  const health = useHealth();
  const run = useRun();
  return (
    <>
      <div className="pagehead">
        <h1>Health</h1>
        {health.data && <HealthTag health={health.data} />}
      </div>
      <div className="pagegrid two">
        <Card title="Safety checks">
          <Loaded query={health} what="The checks">
            {(data) => <Checks health={data} />}
          </Loaded>
        </Card>
        <Card title="Run">
          <Loaded query={run} what="The run">
            {(data) => (
              <div className="body">
                <Pairs
                  pairs={[
                    ["Arena", data.arena],
                    ["Mode", data.mode],
                    ["Running", data.running ? "yes" : "no"],
                    ["Market", data.market ?? "not on record"],
                    ["Symbols", data.symbols.join(", ")],
                    ["Venue’s profile", data.profile ?? "not on record"],
                    ["Minutes between cycles", count(data.cadenceMinutes)],
                    ["Arms", count(data.arms)],
                    ["Started", <At key="from" at={data.startedAt} />],
                    ["Arena’s time", <At key="now" at={data.arenaTime} />],
                    ["Version", data.version],
                    ["Schema", data.schemaRevision ?? "not on record"],
                  ]}
                />
              </div>
            )}
          </Loaded>
        </Card>
      </div>
    </>
  );
}
