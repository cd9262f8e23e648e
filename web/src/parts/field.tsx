/** A labelled field with its note and, beside it, what was wrong with it. */

import { useId, type ReactNode } from "react";

import type { ApiError } from "../api/client";

interface FieldProps {
  label: ReactNode;
  /** Its name in the body that is sent: an error that names it is shown here. */
  name: string;
  value: string;
  onChange: (value: string) => void;
  problem?: ApiError | null;
  /** Faint words under it. */
  note?: ReactNode;
  placeholder?: string;
  code?: boolean;
  decimal?: boolean;
  disabled?: boolean;
  focus?: boolean;
  /** Its choices by id; without them any text may be written. */
  choices?: readonly { id: string; label: string }[];
}

export function Field(props: FieldProps) {
  const { label, name, value, onChange, note, placeholder, code, decimal, disabled } = props;
  const id = useId();
  const problem = props.problem?.field === name ? props.problem : null;
  const described = [note ? `${id}-note` : "", problem ? `${id}-problem` : ""].join(" ").trim();
  const common = {
    id,
    name,
    value,
    disabled,
    className: code ? "txt code" : "txt",
    "aria-invalid": problem ? true : undefined,
    "aria-describedby": described || undefined,
  };
  return (
    <div className="in">
      <label htmlFor={id}>{label}</label>
      {props.choices ? (
        <select {...common} onChange={(event) => onChange(event.target.value)}>
          {props.choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          inputMode={decimal ? "decimal" : undefined}
          autoFocus={props.focus}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {note && (
        <span id={`${id}-note`} className="faint">
          {note}
        </span>
      )}
      {problem && (
        <span id={`${id}-problem`} className="loss" role="alert">
          ✕ {problem.message} {problem.remedy}
        </span>
      )}
    </div>
  );
}
