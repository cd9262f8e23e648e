/** The operator's page: who commands, what may be done, the arms, the checks, and the log. */

import "../model/model.css";
import "./control.css";

import { useHealth } from "../../api/queries";
import { Card } from "../../parts/card";
import { Checks, HealthTag } from "../../parts/checks";
import { Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";
import { Acts } from "./acts";
import { ArmTable } from "./arm-table";
import { Commands } from "./commanding";
import { ControlLog } from "./log";
import { PolicyCard } from "./policy/card";
import { OpenPositions } from "./positions";
import { SignedIn, SignIn } from "./signing";

export default function ControlPage() {
  useTitle("Control");
  const health = useHealth();
  return (
    <>
      <div className="pagehead">
        <h1>Control</h1>
        <span className="spacer" />
        <SignedIn />
      </div>
      <SignIn />
      <Commands>
        <div className="control">
          <Acts />
          <div className="model-layout">
            <div>
              <ArmTable />
              <ControlLog />
            </div>
            <div>
              <Card
                className="o1"
                title="Safety checks"
                actions={health.data && <HealthTag health={health.data} />}
              >
                <Loaded query={health} what="The checks">
                  {(data) => <Checks health={data} />}
                </Loaded>
              </Card>
              <PolicyCard />
              <OpenPositions />
            </div>
          </div>
        </div>
      </Commands>
    </>
  );
}
