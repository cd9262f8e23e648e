/** How a model is asked: the fields of an arm, and what of them is sent. */

import { asText } from "../../../lists/calls";

export type Written = Readonly<Record<string, string>>;
type Kind = "text" | "whole";

interface Setting {
  name: string;
  label: string;
  note?: string;
  kind: Kind;
  /** Whether the model can do without: an empty field takes it off. */
  optional: boolean;
  choices?: readonly string[];
  /** What a new arm has unless it says otherwise. */
  usual?: string;
}

export const SETTINGS: readonly Setting[] = [
  { name: "temperature", label: "Temperature", note: "0 to 2", kind: "text", optional: true },
  {
    ...{ name: "reasoningEffort", label: "Reasoning effort", kind: "text", optional: true },
    choices: ["none", "minimal", "low", "medium", "high"],
  },
  {
    ...{ name: "toolChoice", label: "Tool choice", kind: "text", optional: false, usual: "auto" },
    choices: ["auto", "required"],
  },
  {
    ...{ name: "upstream", label: "Upstream", kind: "text", optional: true },
    note: "the one provider that OpenRouter may take",
  },
  { name: "mostSteps", label: "Most steps", kind: "whole", optional: false, usual: "10" },
  { name: "deadlineSeconds", label: "Deadline, s", kind: "whole", optional: false, usual: "120" },
  {
    ...{ name: "tokensPerDay", label: "Tokens a day", kind: "whole", optional: false },
    usual: "2000000",
  },
  {
    ...{ name: "moneyPerDay", label: "USD a day", kind: "text", optional: true },
    note: "needs both prices",
  },
  {
    ...{ name: "priceIn", label: "Price in", kind: "text", optional: true },
    note: "USD per million tokens",
  },
  {
    ...{ name: "priceOut", label: "Price out", kind: "text", optional: true },
    note: "USD per million tokens",
  },
];
const MS = 1000;

/** The settings of an arm as its fields show them; what is not told is empty. */
export function writtenOf(settings: Readonly<Record<string, unknown>>, model: string): Written {
  const deadline = settings["deadlineMs"];
  const now: Record<string, string> = { model };
  for (const { name } of SETTINGS) now[name] = asText(settings[name]) ?? "";
  if (typeof deadline === "number") now["deadlineSeconds"] = String(deadline / MS);
  return now;
}

function sent(setting: Setting, text: string): unknown {
  if (text === "") return null;
  const number = Number(text);
  // What is no number goes as it is written: the API says what it takes.
  return setting.kind === "whole" && Number.isInteger(number) ? number : text;
}

/** What differs from `now`; an optional setting that was emptied is taken off. */
export function settingsChanged(now: Written, written: Written): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const text = written[setting.name]?.trim();
    if (text === undefined || text === now[setting.name]) continue;
    if (text === "" && !setting.optional) continue;
    changed[setting.name] = sent(setting, text);
  }
  const model = written["model"]?.trim();
  if (model && model !== now["model"]) changed["model"] = model;
  return changed;
}

/** What is written of the settings; what is empty is as usual. */
export function settingsOf(written: Written): Record<string, unknown> {
  return settingsChanged(
    Object.fromEntries(SETTINGS.map(({ name }) => [name, ""])),
    Object.fromEntries(Object.entries(written).filter(([, text]) => text.trim() !== "")),
  );
}
