import { expect, test } from "vitest";

import type { Leaderboard } from "../../api/types";
import { THIN } from "../../figures/figures";
import { sentenceOf } from "./sentence";

const arm = (name: string, kind: "LLM" | "CONTROL") => ({
  ...{ id: name, name, variant: "", kind, replica: 0 },
});
const LYRA = arm("Lyra", "LLM");

function board(first: object, sentence: object): Leaderboard {
  return {
    net: false,
    method: { confidence: 0.95 },
    items: [first],
    sentence: {
      ...{ leader: LYRA, leaderReturn: 0.1, indistinguishable: 2, others: 3, holdReturn: 0.05 },
      ...{ beatHold: 1, competitors: 4, tooLittle: null },
      ...sentence,
    },
  } as unknown as Leaderboard;
}

const said = (found: Leaderboard) => sentenceOf(found).join("").replaceAll(THIN, " ");

test("a competitor that leads is told with how many cannot be told apart from it", () => {
  expect(said(board({ arm: LYRA, return: 0.1 }, {}))).toBe(
    "Lyra leads with +10.00 %, but 2 of the other 3 competitors cannot be told apart from it yet" +
      " (paired, 95 %). Holding made +5.00 %; 1 of 4 competitors beat that.",
  );
});

test("a control that leads is named as one, and the first of the competitors after it", () => {
  const hold = arm("Hold BTC", "CONTROL");
  const found = board({ arm: hold, return: 0.2 }, { tooLittle: "needs 3 days, has 0" });
  expect(said(found)).toBe(
    "Hold BTC leads with +20.00 %, and it is a control; first of the competitors is Lyra with" +
      " +10.00 %. Telling more than luck needs 3 days, has 0.",
  );
});

test("who stands at zero leads nobody", () => {
  const found = board({ arm: LYRA, return: 0 }, { leaderReturn: 0, holdReturn: null });
  expect(said(found)).toMatch(/^Nobody is ahead yet\. First is Lyra with 0\.00 %/);
});
