/** The page's one stream of events: it resumes where it was cut, and waits longer each time. */

import { address } from "../api/client";
import { FrameReader, type Frame } from "./frames";
import { told, type ArenaEvent } from "./kinds";

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 30;
/** The server's heartbeat comes each 15 s: two missed, and the line is dead. */
export const SILENCE_MS = 40_000;

export interface Connection {
  state: "connecting" | "open" | "down";
  /** When the last byte came (this clock), or when it went down. */
  since: number;
  /** When the next try is, while it is down. */
  nextTryAt: number | null;
}

export interface StreamListener {
  event: (event: ArenaEvent) => void;
  /** Whatever was read before is too old: read everything again. */
  resync: () => void;
  connection: (connection: Connection) => void;
}

/** Seconds to wait before try number `tries`: 1, 2, 4 … 30. */
export function waitSeconds(tries: number): number {
  return Math.min(FIRST_WAIT_S * 2 ** tries, LONGEST_WAIT_S);
}

/** Reads with `fetch`, since the browser's own reader cannot say how far it had come. */
export class EventStream {
  private lastId: string | null = null;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort: AbortController | null = null;
  private ended = false;
  private heardAt = 0;
  private downSince: number | null = null;

  constructor(private readonly listener: StreamListener) {}

  /** Connect now, whether waiting or not. */
  start(): void {
    this.ended = false;
    clearTimeout(this.timer);
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    if (this.downSince === null) {
      this.listener.connection({ state: "connecting", since: Date.now(), nextTryAt: null });
    }
    void this.listen(abort);
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.timer);
    this.abort?.abort();
  }

  private async listen(abort: AbortController): Promise<void> {
    const watch = setInterval(() => {
      if (this.heardAt && Date.now() - this.heardAt > SILENCE_MS) abort.abort();
    }, 5000);
    try {
      const response = await fetch(address("events"), {
        headers: {
          Accept: "text/event-stream",
          ...(this.lastId ? { "Last-Event-ID": this.lastId } : {}),
        },
        credentials: "same-origin",
        cache: "no-store",
        signal: abort.signal,
      });
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
      this.opened();
      await this.consume(response.body);
    } catch {
      // Why it ended makes no difference to what follows: wait, then try again.
    } finally {
      clearInterval(watch);
    }
    if (!this.ended && this.abort === abort) this.retry();
  }

  private opened(): void {
    this.tries = 0;
    this.downSince = null;
    this.heardAt = Date.now();
    this.listener.connection({ state: "open", since: this.heardAt, nextTryAt: null });
  }

  private async consume(body: ReadableStream<Uint8Array>): Promise<void> {
    const frames = new FrameReader();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.heardAt = Date.now();
      for (const frame of frames.push(decoder.decode(value, { stream: true }))) this.take(frame);
      this.listener.connection({ state: "open", since: this.heardAt, nextTryAt: null });
    }
  }

  private take(frame: Frame): void {
    if (frame.id) this.lastId = frame.id;
    if (frame.event === "resync") return this.listener.resync();
    const event = told(frame.event, frame.data);
    if (event) this.listener.event(event);
  }

  private retry(): void {
    const now = Date.now();
    this.downSince ??= now;
    const wait = waitSeconds(this.tries) * 1000;
    this.tries += 1;
    this.timer = setTimeout(() => {
      this.start();
    }, wait);
    this.listener.connection({ state: "down", since: this.downSince, nextTryAt: now + wait });
  }
}
