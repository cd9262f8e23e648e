/** A list that is read page by page, the older on demand. */

import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { ApiError } from "../api/client";
import { Empty, Failed, Loading } from "./states";

interface PagedProps<Item> {
  query: UseInfiniteQueryResult<Item[], ApiError>;
  what: string;
  empty: string;
  children: (items: Item[]) => ReactNode;
}

export function Paged<Item>({ query, what, empty, children }: PagedProps<Item>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  if (!data) {
    return error ? (
      <Failed what={what} problem={error} onRetry={() => void refetch()} />
    ) : (
      <Loading words={`Reading ${what.toLowerCase()}…`} />
    );
  }
  if (data.length === 0) return <Empty title={empty} />;
  return (
    <>
      {children(data)}
      {hasNextPage && (
        <button
          type="button"
          className="more"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {isFetchingNextPage ? "Reading…" : "Show older"}
        </button>
      )}
    </>
  );
}
