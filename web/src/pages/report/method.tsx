/** What the figures mean and how far they go: the measures' page in short. */

const NOTES: readonly (readonly [string, string])[] = [
  [
    "NAV",
    "starting capital and everything realized, plus what is open at the last marks. Its parts are exact decimals from the ledger; the difference between the stored NAV and the sum of its parts must be 0.",
  ],
  [
    "Return",
    "product of the growth of all hours less 1: NAV / capital − 1 where nothing was paid in or out, else time-weighted. After inference, each close is less what inference had cost by then.",
  ],
  [
    "Interval",
    "the middle 95 % of returns resampled by the stationary bootstrap (Politis and Romano 1994): blocks of 24 h on average, 2,000 resamples, a fixed seed. It needs 3 days.",
  ],
  [
    "vs Hold BTC",
    "difference of the net returns, resampled at the same hours; the p value is two-sided. With many arms some seem to lead by chance: it is not corrected for how many are compared.",
  ],
  [
    "Drawdown",
    "the largest (peak − NAV) / peak over first, lowest, highest and last NAV of each hour; one that begins and ends within an hour may be a little deeper than told.",
  ],
  [
    "Sharpe, Sortino",
    "of hourly net returns, yearly (× √8,760), the riskless rate zero; the Sharpe ratio’s standard error by Lo (2002). They need 7 days. Calmar (Young 1991) needs 90.",
  ],
  ["Win rate", "trades with a gain / trades, its 95 % interval by Wilson’s score (1927)."],
  [
    "Profit factor, expectancy",
    "sum of gains / sum of losses, and the mean net P&L of a trade: price P&L less fees, with funding.",
  ],
  [
    "Leverage",
    "sum of entry notionals / NAV, as steps between openings and closings. Turnover is the sum of the notionals of all fills.",
  ],
  [
    "Failures",
    "denied is our policy’s word, rejected the venue’s; a missed cycle is not a decision to hold.",
  ],
];

export function Method() {
  return (
    <dl className="method small">
      {NOTES.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
