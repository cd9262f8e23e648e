/** A model's text as escaped Markdown: paragraphs, lists, emphasis, code. No HTML, images or links. */

import { Fragment, type ReactNode } from "react";

type Block =
  | { kind: "paragraph" | "heading"; text: string }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; items: string[] };

/** Cut text into blocks; whatever is not understood stays a paragraph of plain text. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  let paragraph: string[] = [];
  const close = () => {
    if (paragraph.length) found.push({ kind: "paragraph", text: paragraph.join("\n") });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line);
    if (line.trimStart().startsWith("```")) {
      close();
      const end = lines.findIndex((one, place) => place > at && one.trimStart().startsWith("```"));
      const last = end < 0 ? lines.length : end;
      found.push({ kind: "code", text: lines.slice(at + 1, last).join("\n") });
      at = last;
    } else if (/^#{1,6}\s/.test(line)) {
      close();
      found.push({ kind: "heading", text: line.replace(/^#+\s*/, "") });
    } else if (item) {
      close();
      const open = found.at(-1);
      const previous = lines[at - 1] ?? "";
      if (open?.kind === "list" && previous.trim()) open.items.push(item[2] ?? "");
      else found.push({ kind: "list", ordered: Boolean(item[1]), items: [item[2] ?? ""] });
    } else if (line.trim() === "") close();
    else paragraph.push(line);
  }
  close();
  return found;
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|__[^_]+__|\*[^*\s][^*]*\*)/g;

function inline(text: string): ReactNode[] {
  return text.split(INLINE).map((part, place) => {
    if (/^`.+`$/.test(part)) return <code key={place}>{part.slice(1, -1)}</code>;
    if (/^(\*\*|__).+\1$/.test(part)) return <strong key={place}>{part.slice(2, -2)}</strong>;
    if (/^\*.+\*$/.test(part)) return <em key={place}>{part.slice(1, -1)}</em>;
    return <Fragment key={place}>{part}</Fragment>;
  });
}

export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      {blocks(text).map((block, place) => {
        if (block.kind === "code") return <pre key={place}>{block.text}</pre>;
        if (block.kind === "list") {
          const items = block.items.map((item, row) => <li key={row}>{inline(item)}</li>);
          return block.ordered ? <ol key={place}>{items}</ol> : <ul key={place}>{items}</ul>;
        }
        const words = inline(block.text);
        return (
          <p key={place}>{block.kind === "heading" ? <strong>{words}</strong> : words}</p>
        );
      })}
    </div>
  );
}
