/** Who leads, and whether it means anything: the answer before the chart. */

import type { Leaderboard } from "../../api/types";
import { armTitle } from "../../arms/look";
import { count, percent, signOf } from "../../figures/figures";

export function Sentence({ board }: { board: Leaderboard }) {
  const [lead, rest] = sentenceOf(board);
  return (
    <p>
      <strong>{lead}</strong>
      {rest}
    </p>
  );
}

/** What is said loud, and what follows it. */
export function sentenceOf(board: Leaderboard): [string, string] {
  const { sentence, net } = board;
  const { leader, leaderReturn, tooLittle } = sentence;
  if (!leader) return ["Nobody leads yet.", tooLittle ? ` ${told(tooLittle)}` : ""];
  const after = net ? " after inference" : "";
  const ahead = controlAhead(board);
  const stands = `${armTitle(leader)} with ${percent(leaderReturn)}${after}`;
  const hold = holdWords(board, ahead);
  if (ahead) {
    const leads = `${armTitle(ahead.arm)} leads with ${percent(ahead.return)}${after}`;
    return [
      leads,
      `, and it is a control; first of the competitors is ${stands}${doubt(board)} ${hold}`.trimEnd(),
    ];
  }
  // At the very start everybody stands where it began: the first of them leads nobody.
  if (signOf(leaderReturn, 4) === "none") {
    return ["Nobody is ahead yet.", ` First is ${stands}${doubt(board)} ${hold}`.trimEnd()];
  }
  return [
    `${armTitle(leader)} leads with ${percent(leaderReturn)}`,
    `${after}${doubt(board)} ${hold}`.trimEnd(),
  ];
}

/** The control that has returned more than every competitor, if one has. */
function controlAhead({ items, sentence }: Leaderboard) {
  const first = items[0];
  if (!first || first.arm.kind !== "CONTROL" || first.return === null) return null;
  const best = sentence.leaderReturn;
  return best === null || first.return > best ? first : null;
}

function doubt({ sentence, method }: Leaderboard): string {
  const { tooLittle, indistinguishable, others } = sentence;
  if (tooLittle) return `. ${told(tooLittle)}`;
  return significance(indistinguishable, others, method.confidence);
}

/** The API's words follow a name: "needs 3 days, has 0". */
function told(words: string): string {
  const text = words.startsWith("needs") ? `Telling more than luck ${words}` : words;
  return text.endsWith(".") ? text : `${text}.`;
}

function significance(indistinguishable: number, others: number, confidence: number): string {
  if (others === 0) return ".";
  const how = `(paired, ${Math.round(confidence * 100)} %)`;
  if (indistinguishable === 0) return `, and every other competitor can be told apart from it ${how}.`;
  if (indistinguishable === others) {
    const who = others === 1 ? "the other competitor cannot" : `none of the other ${count(others)} competitors can`;
    return `, but ${who} be told apart from it yet ${how}.`;
  }
  const which = `${count(indistinguishable)} of the other ${count(others)} competitors`;
  return `, but ${which} cannot be told apart from it yet ${how}.`;
}

function holdWords({ sentence }: Leaderboard, ahead: ReturnType<typeof controlAhead>): string {
  const { holdReturn, beatHold, competitors } = sentence;
  if (holdReturn === null || ahead?.arm.name.startsWith("Hold")) return "";
  const who = competitors === 0 ? "" : `; ${beatHold} of ${competitors} competitors beat that`;
  return `Holding made ${percent(holdReturn)}${who}.`;
}
