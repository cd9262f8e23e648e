/** What is rarely asked of one arm: another way to ask its model, and a new beginning. */

import { useState } from "react";

import { useEndpoints } from "../../../api/queries";
import type { Arm } from "../../../api/types";
import { armTitle } from "../../../arms/look";
import { money } from "../../../figures/figures";
import { asText } from "../../../lists/calls";
import { Field } from "../../../parts/field";
import { useCommanding } from "../commanding";
import { Why } from "../why";
import { settingsChanged, writtenOf, type Written } from "./asked";
import { SETTING_NAMES, SettingFields } from "./fields";

interface DialogProps {
  arm: Arm;
  onClose: () => void;
}

/** Back to the starting capital, by a deposit or withdrawal; nothing of the past is taken away. */
export function Reset({ arm, onClose }: DialogProps) {
  const { command } = useCommanding();
  return (
    <Why
      title={`Reset ${armTitle(arm)}`}
      action="Reset"
      danger
      ready={arm.positions === 0}
      onReason={(reason) => command(`arms/${arm.id}/reset`, { reason })}
      onClose={onClose}
    >
      <p>
        Its NAV goes from <b>{money(arm.nav)}</b> back to its starting capital of{" "}
        <b>{money(arm.startingCapital)}</b>, by a deposit or a withdrawal that the ledger keeps.
        Trades and decisions stay.
      </p>
      {arm.positions > 0 && (
        <p className="warn small" role="status">
          ◐ It holds {arm.positions === 1 ? "1 position" : `${arm.positions} positions`}. Flatten it
          first.
        </p>
      )}
    </Why>
  );
}

const CHANGEABLE = [...SETTING_NAMES, "endpoint", "keys"];

export function Settings({ arm, onClose }: DialogProps) {
  const { command } = useCommanding();
  const endpoints = useEndpoints(true).data?.items ?? [];
  const now = writtenOf(arm.settings, asText(arm.settings["model"]) ?? arm.model);
  const [written, setWritten] = useState<Written>(now);
  const write = (name: string, text: string) => setWritten({ ...written, [name]: text });
  const endpointNow = asText(arm.settings["endpoint"]) ?? "";
  const endpoint = written["endpoint"] ?? endpointNow;
  const keys = (written["keys"] ?? "").split(/[\s,]+/).filter(Boolean);
  const changes = {
    ...settingsChanged(now, written),
    ...(endpoint !== endpointNow ? { endpoint, keys } : {}),
  };
  return (
    <Why
      title={`Settings of ${armTitle(arm)}`}
      action="Change the settings"
      broad
      fields={CHANGEABLE}
      ready={Object.keys(changes).length > 0}
      onReason={(reason) => command(`arms/${arm.id}`, { ...changes, reason }, "PATCH")}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p className="small muted">
            They count from the model’s next question on. A field that is emptied takes its setting
            off. Prices are not told: empty ones stay.
          </p>
          <div className="fields">
            <Field
              {...{ name: "model", label: "Model", code: true, focus: true, problem }}
              value={written["model"] ?? ""}
              onChange={(text) => write("model", text)}
            />
            <Field
              {...{ name: "endpoint", label: "Endpoint", problem, value: endpoint }}
              choices={[
                ...(endpoints.some(({ name }) => name === endpointNow)
                  ? []
                  : [{ id: endpointNow, label: endpointNow }]),
                ...endpoints.map(({ name }) => ({ id: name, label: name })),
              ]}
              onChange={(text) => write("endpoint", text)}
            />
            {endpoint !== endpointNow && (
              <Field
                {...{ name: "keys", label: "Names of its keys’ variables", code: true, problem }}
                note="as the arena’s file has them, with commas; never a key itself"
                value={written["keys"] ?? ""}
                onChange={(text) => write("keys", text)}
              />
            )}
            <SettingFields usual={false} written={written} problem={problem} onWrite={write} />
          </div>
        </>
      )}
    </Why>
  );
}
