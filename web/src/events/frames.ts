/** Cut a stream of server-sent events into frames. */

export interface Frame {
  id: string | null;
  /** The kind; `message` when the server named none. */
  event: string;
  data: string;
}

/** Takes text as it arrives, in pieces of any length, and gives whole frames. */
export class FrameReader {
  private rest = "";

  /** Read one more piece; answers the frames that it completed. */
  push(piece: string): Frame[] {
    const blocks = (this.rest + piece.replaceAll("\r\n", "\n")).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(frame).filter((one) => one !== null);
  }
}

function frame(block: string): Frame | null {
  let id: string | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    // A line that starts with a colon is a comment: the server's heartbeat.
    if (line.startsWith(":")) continue;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
  if (data.length === 0 && event === "message") return null;
  return { id, event, data: data.join("\n") };
}
