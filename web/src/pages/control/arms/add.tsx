/** One more arm for a running arena: a model at one of the file's endpoints, or coded rules. */

import { useState } from "react";

import { useEndpoints, useVariants } from "../../../api/queries";
import { Field } from "../../../parts/field";
import { Segments } from "../../../parts/segments";
import { useCommanding } from "../commanding";
import { Why } from "../why";
import { settingsOf, type Written } from "./asked";
import { SETTING_NAMES, SettingFields } from "./fields";

type Kind = "LLM" | "RULE";
const KINDS = [
  { id: "LLM" as const, label: "Language model" },
  { id: "RULE" as const, label: "Coded rules" },
];
const OWN = ["name", "variant", "endpoint", "capital"];

export function AddArm() {
  const { allowed, busy } = useCommanding();
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button
        type="button"
        className="btn"
        disabled={!allowed || busy}
        onClick={() => setAsks(true)}
      >
        Add an arm…
      </button>
      {asks && <Form onClose={() => setAsks(false)} />}
    </>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { command } = useCommanding();
  const variants = useVariants().data?.items ?? [];
  const endpoints = useEndpoints(true).data?.items ?? [];
  const [kind, setKind] = useState<Kind>("LLM");
  const [written, setWritten] = useState<Written>({});
  const variant = written["variant"] ?? variants[0]?.id ?? "";
  const endpoint = written["endpoint"] ?? endpoints[0]?.name ?? "";
  const write = (name: string, text: string) => setWritten({ ...written, [name]: text });
  const isModel = kind === "LLM";
  const ready =
    filled(written["name"]) && (!isModel || (filled(written["model"]) && endpoint !== ""));
  const body = {
    ...{ kind, name: written["name"]?.trim(), variant },
    ...(filled(written["capital"]) ? { capital: written["capital"]?.trim() } : {}),
    ...(isModel ? { endpoint, ...settingsOf(written) } : {}),
  };
  return (
    <Why
      title="Add an arm"
      action="Add the arm"
      broad
      ready={ready}
      fields={[...OWN, ...SETTING_NAMES]}
      onReason={(reason) => command("arms", { ...body, reason })}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <Segments label="Kind" choices={KINDS} chosen={kind} onChoose={setKind} />
          <p className="small muted">
            It competes from the next cycle on.{" "}
            {isModel &&
              (endpoints.length === 0
                ? "The arena’s file names no endpoint: add one there first."
                : "No key is ever sent: the endpoint’s come from the environment of who asks it.")}
          </p>
          <div className="fields">
            <Field
              {...{ name: "name", label: "Name", focus: true, problem }}
              note="no other arm has it"
              value={written["name"] ?? ""}
              onChange={(text) => write("name", text)}
            />
            <Field
              {...{ name: "variant", label: "Variant", problem, value: variant }}
              choices={variants.map(({ id, label }) => ({ id, label }))}
              onChange={(text) => write("variant", text)}
            />
            {isModel && (
              <>
                <Field
                  {...{ name: "model", label: "Model", code: true, problem }}
                  note="as the endpoint calls it"
                  value={written["model"] ?? ""}
                  onChange={(text) => write("model", text)}
                />
                <Field
                  {...{ name: "endpoint", label: "Endpoint", problem, value: endpoint }}
                  disabled={endpoints.length === 0}
                  choices={endpoints.map(({ name, baseUrl }) => ({
                    id: name,
                    label: `${name} (${baseUrl})`,
                  }))}
                  onChange={(text) => write("endpoint", text)}
                />
              </>
            )}
            <Field
              {...{ name: "capital", label: "Starting capital", decimal: true, problem }}
              note="empty: as the arena’s file says"
              value={written["capital"] ?? ""}
              onChange={(text) => write("capital", text)}
            />
          </div>
          {isModel && (
            <details className="how">
              <summary>How it is asked</summary>
              <div className="fields">
                <SettingFields usual written={written} problem={problem} onWrite={write} />
              </div>
            </details>
          )}
        </>
      )}
    </Why>
  );
}

function filled(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== "";
}
