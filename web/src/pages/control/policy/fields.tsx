/** One line per limit: its rule, what it is now, a field for what it shall be. */

import { useId } from "react";

import type { ApiError } from "../../../api/client";
import type { ArmPolicy, LimitBounds } from "../../../api/types";
import { changedLimits, limitWords, ruleOf, shownLimit, UNITS } from "./limits";

interface LimitsProps {
  policy: ArmPolicy;
  written: Readonly<Record<string, string>>;
  problem: ApiError | null;
  disabled: boolean;
  onWrite: (name: string, text: string) => void;
}

export function Limits({ policy, written, problem, disabled, onWrite }: LimitsProps) {
  const changed = changedLimits(policy, written);
  const fields = Object.entries(policy.ranges);
  const named = fields.some(([name]) => problem?.field === `limits.${name}`);
  return (
    <>
      <div className="small faint" aria-hidden="true">
        <span>Rule</span>
        <span className="num">now</span>
        <span className="num">new</span>
      </div>
      {fields.map(([name, bounds]) => (
        <Limit
          key={name}
          name={name}
          bounds={bounds}
          now={policy.limits[name] ?? ""}
          written={written[name]}
          isChanged={name in changed}
          problem={problem?.field === `limits.${name}` ? problem : null}
          disabled={disabled}
          onWrite={(text) => onWrite(name, text)}
        />
      ))}
      {problem && !named && (
        <p className="loss small" role="alert">
          ✕ {problem.message} {problem.remedy}
        </p>
      )}
    </>
  );
}

interface LimitProps {
  name: string;
  bounds: LimitBounds;
  now: string;
  written: string | undefined;
  isChanged: boolean;
  problem: ApiError | null;
  disabled: boolean;
  onWrite: (text: string) => void;
}

function Limit(props: LimitProps) {
  const { name, bounds, now, written, isChanged, problem, disabled, onWrite } = props;
  const id = useId();
  const { unit, min, max } = bounds;
  const range = `${limitWords(min, unit)} to ${limitWords(max, unit)}`;
  return (
    <div className={isChanged ? "ch" : ""}>
      <label htmlFor={id} title={range}>
        <code>{ruleOf(name)}</code>
      </label>
      <span className="num was">{limitWords(now, unit)}</span>
      <input
        id={id}
        className="txt num"
        inputMode="decimal"
        autoComplete="off"
        value={written ?? shownLimit(now, unit)}
        disabled={disabled}
        aria-describedby={`${id}-range`}
        aria-invalid={problem ? true : undefined}
        onChange={(event) => onWrite(event.target.value)}
      />
      <span id={`${id}-range`} className="sr">
        {range}
        {UNITS[unit] && `, in ${UNITS[unit].trim()}`}
      </span>
      {problem && (
        <p className="loss small" role="alert">
          ✕ {range}. {problem.message}
        </p>
      )}
    </div>
  );
}
