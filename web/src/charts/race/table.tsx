/** The race as a table, for who would rather read than look. */

import { useState } from "react";

import { armTitle } from "../../arms/look";
import { nearest } from "../line";
import { instantWords, valueWords, type Frame } from "./frame";
import type { Race } from "./series";

interface RaceTableProps {
  race: Race;
  frame: Frame;
  shown: ReadonlySet<string>;
}

export function RaceTable({ race, frame, shown }: RaceTableProps) {
  const [open, setOpen] = useState(false);
  const series = race.series.filter((one) => shown.has(one.arm.id));
  const times = [...frame.xTicks.filter((t) => t < race.to), race.to];
  return (
    <details className="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <div className="scroll" tabIndex={0} role="region" aria-label="NAV race as a table">
          <table>
            <caption className="sr">The arms in focus, at the instants of the axis</caption>
            <thead>
              <tr>
                <th scope="col">UTC</th>
                {series.map((one) => (
                  <th scope="col" className="num" key={one.arm.id}>
                    {armTitle(one.arm)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((t) => (
                <tr key={t}>
                  <th scope="row">{instantWords(t, 0)}</th>
                  {series.map((one) => {
                    const point = nearest(one.points, t, one.gaps);
                    return (
                      <td className="num" key={one.arm.id}>
                        {point ? valueWords(point.v, frame.scale, 2) : "no data"}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
