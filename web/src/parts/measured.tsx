/** A measure, or in its place what is missing for it. */

import type { ReactNode } from "react";

import type { Measured } from "../api/types";
import { ABSENT } from "../figures/figures";
import { TooLittle } from "./states";

interface MeasureProps<Shape> {
  value: Measured<Shape> | undefined;
  children: (value: Shape) => ReactNode;
}

export function Measure<Shape>({ value, children }: MeasureProps<Shape>) {
  if (value === null || value === undefined) return <span className="faint">{ABSENT}</span>;
  if (isMissing(value)) return <TooLittle words={value.tooLittle} />;
  return <>{children(value)}</>;
}

export function isMissing(value: unknown): value is { tooLittle: string } {
  return typeof value === "object" && value !== null && "tooLittle" in value;
}

/** The value itself; null when there is too little data. */
export function known<Shape>(value: Measured<Shape> | undefined): Shape | null {
  return value === null || value === undefined || isMissing(value) ? null : value;
}
