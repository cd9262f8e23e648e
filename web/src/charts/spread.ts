/** Push labels apart so that none covers another, moving each as little as possible. */

interface Cluster {
  wanted: number[];
  /** Where its first label stands. */
  top: number;
}

/**
 * Given where labels want to be (ascending), answer where they stand: at least `gap` apart, and
 * between `low` and `high` where they fit. Neighbours that touch move as one cluster about their
 * mean, which is the least-squares answer (pool adjacent violators).
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  low: number,
  high: number,
): number[] {
  const clusters: Cluster[] = [];
  for (const at of wanted) {
    clusters.push({ wanted: [at], top: at });
    merge(clusters, gap);
  }
  for (const cluster of clusters) clamp(cluster, gap, low, high);
  settle(clusters, gap, low, high);
  return clusters.flatMap(({ wanted: all, top }) => all.map((_, place) => top + place * gap));
}

function merge(clusters: Cluster[], gap: number): void {
  for (;;) {
    const last = clusters.at(-1);
    const before = clusters.at(-2);
    if (!last || !before || before.top + before.wanted.length * gap <= last.top) return;
    clusters.splice(-2, 2, joined(before, last, gap));
  }
}

function joined(one: Cluster, other: Cluster, gap: number): Cluster {
  const wanted = [...one.wanted, ...other.wanted];
  const offset = wanted.reduce((sum, at, place) => sum + at - place * gap, 0);
  return { wanted, top: offset / wanted.length };
}

function clamp(cluster: Cluster, gap: number, low: number, high: number): void {
  const height = (cluster.wanted.length - 1) * gap;
  cluster.top = Math.max(low, Math.min(cluster.top, high - height));
}

/** A clamped cluster may reach into its neighbour: join and clamp again until none does. */
function settle(clusters: Cluster[], gap: number, low: number, high: number): void {
  for (let at = 1; at < clusters.length; ) {
    const [before, here] = [clusters[at - 1], clusters[at]];
    if (before && here && before.top + before.wanted.length * gap > here.top + 1e-9) {
      const one = joined(before, here, gap);
      clamp(one, gap, low, high);
      clusters.splice(at - 1, 2, one);
      at = Math.max(1, at - 1);
    } else at += 1;
  }
}
