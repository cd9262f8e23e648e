/** The fields that say how a model is asked. */

import type { ApiError } from "../../../api/client";
import { Field } from "../../../parts/field";
import { SETTINGS, type Written } from "./asked";

interface FieldsProps {
  written: Written;
  /** What holds while a field is empty: shown in it. */
  usual: boolean;
  problem: ApiError | null;
  onWrite: (name: string, text: string) => void;
}

export const SETTING_NAMES = ["model", ...SETTINGS.map(({ name }) => name)];

export function SettingFields({ written, usual, problem, onWrite }: FieldsProps) {
  return (
    <>
      {SETTINGS.map((setting) => (
        <Field
          key={setting.name}
          name={setting.name}
          label={setting.label}
          note={setting.note}
          value={written[setting.name] ?? ""}
          placeholder={usual ? (setting.usual ?? "") : ""}
          decimal={setting.kind === "whole"}
          problem={problem}
          {...(setting.choices
            ? { choices: choicesOf(setting.choices, setting.optional || usual) }
            : {})}
          onChange={(text) => onWrite(setting.name, text)}
        />
      ))}
    </>
  );
}

function choicesOf(choices: readonly string[], mayBeEmpty: boolean) {
  const all = choices.map((id) => ({ id, label: id }));
  return mayBeEmpty ? [{ id: "", label: "as usual" }, ...all] : all;
}
