/** What went wrong or was refused, lately. */

import { useFailures } from "../../api/queries";
import { FailureTable } from "../../lists/failures";
import { Card } from "../../parts/card";
import { Empty, Loaded } from "../../parts/states";

const SHOWN = 12;

export function Failed({ id }: { id: string }) {
  const query = useFailures({ model: id, limit: SHOWN });
  return (
    <Card className="o6" title="Failures and refusals" note="the last of them">
      <Loaded query={query} what="The failures">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing failed, nothing was refused." />
          ) : (
            <FailureTable failures={items} oneArm />
          )
        }
      </Loaded>
    </Card>
  );
}
