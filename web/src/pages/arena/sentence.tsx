/** Who leads, and whether it means anything: the answer before the chart. */

import type { Leaderboard } from "../../api/types";
import { armTitle } from "../../arms/look";
import { count, percent } from "../../figures/figures";

export function Sentence({ board }: { board: Leaderboard }) {
  const { sentence, net, method } = board;
  const { leader, leaderReturn, indistinguishable, others, holdReturn } = sentence;
  if (!leader) {
    return (
      <p>
        <strong>Nobody leads yet.</strong> {sentence.tooLittle}
      </p>
    );
  }
  return (
    <p>
      <strong>
        {armTitle(leader)} leads with {percent(leaderReturn)}
      </strong>
      {net && " after inference"}
      {sentence.tooLittle
        ? `; ${lowered(sentence.tooLittle)}`
        : significance(indistinguishable, others, method.confidence)}{" "}
      {holdReturn !== null && holdWords(board)}
    </p>
  );
}

/** The API's words begin a sentence of their own; here they continue one. */
function lowered(words: string): string {
  const text = words.charAt(0).toLowerCase() + words.slice(1);
  return text.endsWith(".") ? text : `${text}.`;
}

function significance(indistinguishable: number, others: number, confidence: number): string {
  if (others === 0) return ".";
  const how = `(paired, ${Math.round(confidence * 100)} %)`;
  if (indistinguishable === 0) return `, and every other arm can be told apart from it ${how}.`;
  if (indistinguishable === others) {
    return `, but none of the other ${count(others)} arms can be told apart from it yet ${how}.`;
  }
  const which = `${count(indistinguishable)} of the other ${count(others)} arms`;
  return `, but ${which} cannot be told apart from it yet ${how}.`;
}

function holdWords({ sentence }: Leaderboard): string {
  const { holdReturn, beatHold, competitors } = sentence;
  const who = competitors === 0 ? "" : `; ${beatHold} of ${competitors} competitors beat that`;
  return `Holding made ${percent(holdReturn)}${who}.`;
}
