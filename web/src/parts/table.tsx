/** A real table from columns: caption, header cells, sorting that says so, cards on a phone. */

import { useState, type ReactNode } from "react";

export interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  numeric?: boolean;
  className?: string;
  /** What to sort by; without it the column cannot be sorted. Absent values come last. */
  by?: (row: Row) => number | string | null;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowClass?: (row: Row) => string;
  /** How a row looks where there is no room for a table. */
  card?: (row: Row) => ReactNode;
  footer?: ReactNode;
  className?: string;
}

interface Order {
  column: string;
  down: boolean;
}

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rowKey, rowClass, card, footer, className } = props;
  const [order, setOrder] = useState<Order | null>(null);
  const rows = ordered(props.rows, columns, order);
  const table = (
    <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table className={className}>
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.id} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={rowClass?.(row)} data-row={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.id} className={cellClass(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {footer && <tfoot>{footer}</tfoot>}
      </table>
    </div>
  );
  if (!card) return table;
  return (
    <>
      <div className="wide">{table}</div>
      <ul className="cards narrow">
        {rows.map((row) => (
          <li key={rowKey(row)}>{card(row)}</li>
        ))}
      </ul>
    </>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  return [column.numeric ? "num" : "", column.className ?? ""].join(" ").trim();
}

interface HeadProps<Row> {
  column: Column<Row>;
  order: Order | null;
  onOrder: (order: Order) => void;
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const mine = order?.column === column.id ? order : null;
  const sorting = mine ? (mine.down ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" className={cellClass(column)} aria-sort={sorting}>
      {column.by ? (
        <button
          type="button"
          className="sort"
          onClick={() => {
            onOrder({ column: column.id, down: mine ? !mine.down : true });
          }}
        >
          {column.head}
          {mine ? (mine.down ? " ↓" : " ↑") : ""}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}

function ordered<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | null,
): readonly Row[] {
  const by = columns.find((column) => column.id === order?.column)?.by;
  if (!by || !order) return rows;
  const turn = order.down ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [one, other] = [by(left), by(right)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return one < other ? -turn : one > other ? turn : 0;
  });
}
