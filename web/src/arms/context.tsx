/** Every arm's look and every variant's order, read once for the page. */

import { createContext, useContext, useMemo, type ReactNode } from "react";

import { useArms, useVariants } from "../api/queries";
import type { Arm, ArmRef } from "../api/types";
import { looks, NEUTRAL, type Look } from "./look";

interface Arms {
  byId: ReadonlyMap<string, Arm>;
  look: (arm: ArmRef) => Look;
}

const ArmsContext = createContext<Arms>({ byId: new Map(), look: () => NEUTRAL });

export function ArmsProvider({ children }: { children: ReactNode }) {
  const arms = useArms().data?.items;
  const variants = useVariants().data?.items;
  const value = useMemo(() => {
    const joined = [...(arms ?? [])].sort(
      (one, other) =>
        one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id),
    );
    const given = looks(
      joined,
      (variants ?? []).map((variant) => variant.id),
    );
    return {
      byId: new Map(joined.map((arm) => [arm.id, arm])),
      look: (arm: ArmRef) => given.get(arm.id) ?? NEUTRAL,
    };
  }, [arms, variants]);
  return <ArmsContext value={value}>{children}</ArmsContext>;
}

export function useLooks(): Arms {
  return useContext(ArmsContext);
}
