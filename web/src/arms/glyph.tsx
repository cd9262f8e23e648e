/** A variant's shape: it can be told without colour. */

import { variantColor } from "./look";

/** By variant, in lower case. A variant without a shape of its own gets a ring. */
const SHAPES: Readonly<Record<string, { path: string; stroke?: number }>> = {
  apex: { path: "M8 2.2 14 13H2z" },
  trendsurfer: { path: "M1.5 11.5C4 4.5 6 4.5 8 8s4 3.5 6.5-3.5", stroke: 2.6 },
  contrarian: {
    path: "M2 5.2h9M8.5 2.2l3.2 3-3.2 3M14 10.8H5M7.5 7.8l-3.2 3 3.2 3",
    stroke: 1.9,
  },
  sovereign: { path: "M2 12.8V4.5l3.3 3L8 2.8l2.7 4.7 3.3-3v8.3z" },
};
const RING = { path: "M8 3a5 5 0 1 0 .01 0z", stroke: 2.2 };

export function shapeOf(variant: string): { path: string; stroke?: number } {
  return SHAPES[variant.toLowerCase()] ?? RING;
}

/** The bare shape, for use inside a chart; 16 units square. */
export function GlyphPath({ variant }: { variant: string | null }) {
  if (variant === null) return null;
  const { path, stroke } = shapeOf(variant);
  const color = variantColor(variant, "mark");
  return stroke ? (
    <path
      d={path}
      fill="none"
      stroke={color}
      strokeWidth={stroke}
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ) : (
    <path d={path} fill={color} />
  );
}

export function Glyph({ variant }: { variant: string | null }) {
  if (variant === null) return null;
  return (
    <svg className="vmark" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
      <GlyphPath variant={variant} />
    </svg>
  );
}
