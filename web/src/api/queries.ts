/** One hook per resource. Its key starts with the resource's name, so events can say what is old. */

import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useQueries,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query";

import { ApiError, read, send, type Parameters } from "./client";
import type {
  ArenaShown,
  Arm,
  ArmPolicy,
  ArmReport,
  Book,
  Candles,
  Command,
  ControlEntry,
  Endpoint,
  Failure,
  Failures,
  Health,
  Indicators,
  Invocation,
  InvocationSummary,
  Leaderboard,
  MarketRow,
  NavAnswer,
  NavBridge,
  Page,
  Performance,
  PolicyPreview,
  Position,
  Prompt,
  Run,
  Session,
  Settlement,
  Trade,
  Variant,
  VariantAggregate,
} from "./types";

const MOST_TRIES = 2;
const PAGE_LENGTH = 50;
/** Longest list that is read at once: more arms than this are not compared by eye. */
const EVERY = 500;
/** Of `EVERY` trades each, for drawings of a whole range. */
const MOST_PAGES = 10;
const COMMAND_EVERY_MS = 1000;
const BOOK_EVERY_MS = 5000;
/** Drawing them anew at every mark would take the crosshair away from whoever reads. */
const CANDLES_EVERY_MS = 20_000;

/**
 * What is old, and when to ask again by itself: the events say it; this is the net below. Read
 * `once`, everything stays as it was: a report must not change while it is printed.
 */
export function makeQueryClient({ once = false } = {}): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: once ? Infinity : 30_000,
        gcTime: 300_000,
        refetchOnWindowFocus: !once,
        retry: (count, problem) =>
          problem instanceof ApiError && problem.retryable && count < MOST_TRIES,
        retryDelay: (count) => Math.min(1000 * 2 ** count, 8000),
      },
    },
  });
}

/** A query under `[resource, ...]`: `path` is read with `parameters`. */
function useResource<Shape>(
  resource: string,
  path: string,
  parameters: Parameters = {},
  options: { enabled?: boolean; staleTime?: number; refetchInterval?: number } = {},
): UseQueryResult<Shape, ApiError> {
  return useQuery<Shape, ApiError>({
    queryKey: [resource, path, parameters],
    queryFn: ({ signal }) => read<Shape>(path, parameters, signal),
    // A page is mounted anew per subject, so what is kept while a filter changes is of the same one.
    placeholderData: keepPreviousData,
    ...options,
  });
}

function usePages<Item>(resource: string, path: string, parameters: Parameters, enabled = true) {
  return useInfiniteQuery<Page<Item>, ApiError, Item[], readonly unknown[], string | null>({
    queryKey: [resource, "pages", path, parameters],
    queryFn: ({ pageParam, signal }) =>
      read<Page<Item>>(path, { limit: PAGE_LENGTH, ...parameters, cursor: pageParam }, signal),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export const useRun = () => useResource<Run>("run", "run");
export const useHealth = () => useResource<Health>("health", "health");
export const useSession = () => useResource<Session>("session", "session");
export const useArms = () => useResource<Page<Arm>>("arms", "arms");
export const useArm = (id: string) => useResource<Arm>("arms", `arms/${id}`);
export const useReport = (id: string) => useResource<ArmReport>("report", `arms/${id}/report`);
export const useVariants = () => useResource<Page<Variant>>("variants", "variants");
export const useVariantAggregates = () =>
  useResource<Page<VariantAggregate>>("aggregates", "variants/aggregate");
export const usePositions = (filters: Parameters = {}) =>
  useResource<Page<Position>>("positions", "positions", { limit: EVERY, ...filters });
export const useTrades = (filters: Parameters = {}) => usePages<Trade>("trades", "trades", filters);
/** Every trade that closed since `from`, in pages of the longest, up to a limit. */
export const useAllTrades = (model: string, from: string | undefined) =>
  useQuery<Trade[], ApiError>({
    queryKey: ["all-trades", model, from],
    queryFn: async ({ signal }) => {
      const all: Trade[] = [];
      let cursor: string | null | undefined;
      for (let pages = 0; pages < MOST_PAGES && cursor !== null; pages += 1) {
        const filters: Parameters = { model, from, limit: EVERY, cursor };
        const page: Page<Trade> = await read<Page<Trade>>("trades", filters, signal);
        all.push(...page.items);
        cursor = page.nextCursor ?? null;
      }
      return all;
    },
    placeholderData: keepPreviousData,
  });
export const useTrade = (id: string) => useResource<Trade>("trades", `trades/${id}`);
export const useInvocations = (filters: Parameters = {}) =>
  usePages<InvocationSummary>("invocations", "invocations", filters);
/** The same list under a name of its own: what moved a stop is read again less often. */
export const useStopMoves = (filters: Parameters, enabled: boolean) =>
  usePages<InvocationSummary>("stops", "invocations", filters, enabled);
export const useInvocation = (id: string) =>
  useResource<Invocation>("invocations", `invocations/${id}`);
export const usePromptAsSent = (id: string, enabled: boolean) =>
  useResource<Prompt>("prompts", `invocations/${id}/prompt`, {}, { enabled });
export const useArmPrompt = (id: string, enabled: boolean) =>
  useResource<Prompt>("prompts", `arms/${id}/prompt`, {}, { enabled });
export const useObservation = (cycleId: string, enabled: boolean) =>
  useResource<Record<string, unknown>>(
    "observations",
    `cycles/${cycleId}/observation`,
    {},
    { enabled },
  );
export const useNav = (parameters: Parameters) => useResource<NavAnswer>("nav", "nav", parameters);
export const useLeaderboard = (net: boolean) =>
  useResource<Leaderboard>("leaderboard", "leaderboard", { net });
export const usePerformance = (id: string) =>
  useResource<Performance>("performance", `arms/${id}/performance`);
export const usePerformances = (ids: readonly string[]) =>
  useQueries({
    queries: ids.map((id) => ({
      queryKey: ["performance", `arms/${id}/performance`, {}],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        read<Performance>(`arms/${id}/performance`, {}, signal),
    })),
  }) as UseQueryResult<Performance, ApiError>[];
export const useBridge = (id: string) => useResource<NavBridge>("bridge", `arms/${id}/bridge`);
export const useFailures = (filters: Parameters = {}) =>
  useResource<Failures>("failures", "failures", { limit: 200, ...filters });
export const useFailurePages = (filters: Parameters) =>
  usePages<Failure>("failures", "failures", filters);
const MARKET_EVERY_MS = 20_000;
export const useArenas = () => useResource<Page<ArenaShown>>("arenas", "arenas");
/** Marks come as events; changes, funding and spreads do not. */
export const useMarket = () =>
  useResource<Page<MarketRow>>("market", "market", {}, { refetchInterval: MARKET_EVERY_MS });
export const useCandles = (symbol: string, parameters: Parameters, enabled = true) =>
  useResource<Candles>("candles", `market/${symbol}/candles`, parameters, {
    enabled,
    refetchInterval: CANDLES_EVERY_MS,
  });
export const useIndicators = (symbol: string, parameters: Parameters, enabled = true) =>
  useResource<Indicators>("candles", `market/${symbol}/indicators`, parameters, {
    enabled,
    refetchInterval: CANDLES_EVERY_MS,
  });
/** Nothing tells that a book has changed: it is asked for again while somebody looks at it. */
export const useBook = (symbol: string, enabled: boolean) =>
  useResource<Book>("book", `market/${symbol}/book`, {}, { enabled, refetchInterval: BOOK_EVERY_MS });
export const useFunding = (symbol: string) =>
  usePages<Settlement>("funding", `market/${symbol}/funding`, {});
export const useControlLog = () => usePages<ControlEntry>("control", "control/log", {});
export const useEndpoints = (enabled: boolean) =>
  useResource<Page<Endpoint>>("endpoints", "endpoints", {}, { enabled });
export const useArmPolicy = (id: string, enabled: boolean) =>
  useResource<ArmPolicy>("policy", `arms/${id}/policy`, {}, { enabled });
/** `limits` as JSON: what they would have made of the arm's last entries. */
export const usePolicyPreview = (id: string, limits: string, enabled: boolean) =>
  useQuery<PolicyPreview, ApiError>({
    queryKey: ["previews", id, limits],
    queryFn: () =>
      send<PolicyPreview>("POST", `arms/${id}/policy/preview`, {
        limits: JSON.parse(limits) as object,
      }),
    enabled,
  });
/** Asked again each second until it was carried out. */
export const useCommand = (id: string | null) =>
  useQuery<Command, ApiError>({
    queryKey: ["commands", id],
    queryFn: ({ signal }) => read<Command>(`control/commands/${id}`, {}, signal),
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.doneAt ? false : COMMAND_EVERY_MS),
  });
