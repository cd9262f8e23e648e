/** A menu that downloads every row behind a table. */

import { address, type Parameters } from "../api/client";

const FORMATS = [
  ["csv", "CSV"],
  ["parquet", "Parquet"],
] as const;

export function Export({ path, filters = {} }: { path: string; filters?: Parameters }) {
  return (
    <details className="menu-of">
      <summary className="btn quiet">Export ▾</summary>
      <ul>
        {FORMATS.map(([format, label]) => (
          <li key={format}>
            <a href={address(path, { ...filters, format })} download>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
