/** Ask the API, and turn whatever goes wrong into one kind of error. */

import type { ErrorBody } from "./types";

const ROOT = "/api/v1/";
const PATIENCE_MS = 15_000;

/** What went wrong, in the API's words: a code to quote, a message, and what to do. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;
  readonly remedy: string | null;
  /** The parameter or field of the body that was wrong, if it was one. */
  readonly field: string | null;

  constructor(facts: {
    code: string;
    status: number;
    message: string;
    remedy: string | null;
    field?: string | null;
  }) {
    super(facts.message);
    this.field = facts.field ?? null;
    this.code = facts.code;
    this.status = facts.status;
    this.remedy = facts.remedy;
  }

  /** Whether asking again may help: the server was busy, or did not answer at all. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Parameter = string | number | boolean | null | undefined | readonly string[];
export type Parameters = Readonly<Record<string, Parameter>>;

const ARENA = "autonome.arena";

/**
 * The arena that the address names; from then on this tab keeps it, since links between pages do
 * not name it again. Null is the server's own.
 */
export function chosenArena(): string | null {
  const { location, sessionStorage } = globalThis as Partial<Window & typeof globalThis>;
  const named = new URLSearchParams(location?.search ?? "").get("arena");
  try {
    if (named !== null) sessionStorage?.setItem(ARENA, named);
    return named ?? sessionStorage?.getItem(ARENA) ?? null;
  } catch {
    // A browser may refuse storage: then the arena holds for pages that name it.
    return named;
  }
}

/** Show another arena: everything is read anew. Null is the server's own. */
export function chooseArena(name: string | null): void {
  try {
    sessionStorage.removeItem(ARENA);
  } finally {
    location.assign(name === null ? "/" : `/?arena=${encodeURIComponent(name)}`);
  }
}

/** Write a path with its query; an absent parameter is left out, a list is repeated. */
export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  const arena = chosenArena();
  if (arena) query.set("arena", arena);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) for (const one of value) query.append(name, String(one));
    else query.set(name, String(value));
  }
  const text = query.toString();
  return ROOT + path + (text ? `?${text}` : "");
}

/** Read one resource. The browser's cache answers by ETag, so an unchanged one costs a 304. */
export async function read<Shape>(
  path: string,
  parameters: Parameters = {},
  signal?: AbortSignal,
): Promise<Shape> {
  return ask<Shape>(address(path, parameters), { method: "GET" }, signal);
}

/** Send a command; answers the body of a 2xx. Sent again under its `key`, it counts once. */
export async function send<Shape>(
  method: "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  key?: string,
): Promise<Shape> {
  // Only a page of this origin can send the second one; with a session the API asks for it.
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "X-Autonome-Control": "1",
  };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const content = body === undefined ? null : JSON.stringify(body);
  return ask<Shape>(address(path), { method, headers, body: content });
}

async function ask<Shape>(url: string, init: RequestInit, signal?: AbortSignal): Promise<Shape> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const either = signal ? AbortSignal.any([signal, patience]) : patience;
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      headers: { Accept: "application/json", ...init.headers },
      credentials: "same-origin",
      cache: "no-cache",
      signal: either,
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw unreachable(patience.aborted);
  }
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as Shape;
  return (await response.json()) as Shape;
}

function unreachable(late: boolean): ApiError {
  return new ApiError({
    code: late ? "timeout" : "unreachable",
    status: 0,
    message: late
      ? `The server did not answer within ${PATIENCE_MS / 1000} s.`
      : "The server did not answer.",
    remedy: "See whether `autonome serve` is running.",
  });
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null;
  const facts = body?.error;
  return new ApiError({
    code: facts?.code ?? `http-${response.status}`,
    status: response.status,
    message: facts?.message ?? `The server answered ${response.status}.`,
    remedy: facts?.remedy ?? null,
    field: facts?.field ?? null,
  });
}
