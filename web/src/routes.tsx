/** Which page stands at which address. Each is loaded when it is first asked for. */

import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";

import { ArenaPage } from "./pages/arena/page";
import { Empty, Loading } from "./parts/states";

const ModelsPage = lazy(() => import("./pages/models/page"));
const ModelPage = lazy(() => import("./pages/model/page"));
const ReportPage = lazy(() => import("./pages/report/page"));
const InvocationPage = lazy(() => import("./pages/invocation/page"));
const ComparePage = lazy(() => import("./pages/compare/page"));
const VariantsPage = lazy(() => import("./pages/variants/page"));
const FailuresPage = lazy(() => import("./pages/failures/page"));
const HealthPage = lazy(() => import("./pages/health/page"));
const MarketPage = lazy(() => import("./pages/market/page"));
const ControlPage = lazy(() => import("./pages/control/page"));

export function Routes() {
  return (
    <Suspense fallback={<Loading rows={8} words="Loading the page…" />}>
      <Switch>
        <Route path="/">
          <ArenaPage />
        </Route>
        <Route path="/models">
          <ModelsPage />
        </Route>
        {/* Mounted anew for each subject, so that nothing of the one before is shown as its own. */}
        <Route path="/models/:id/report">{({ id }) => <ReportPage key={id} id={id} />}</Route>
        <Route path="/models/:id">{({ id }) => <ModelPage key={id} id={id} />}</Route>
        <Route path="/invocations/:id">{({ id }) => <InvocationPage key={id} id={id} />}</Route>
        <Route path="/compare">
          <ComparePage />
        </Route>
        <Route path="/variants">
          <VariantsPage />
        </Route>
        <Route path="/failures">
          <FailuresPage />
        </Route>
        <Route path="/health">
          <HealthPage />
        </Route>
        <Route path="/market/:symbol?">{({ symbol }) => <MarketPage symbol={symbol} />}</Route>
        <Route path="/control">
          <ControlPage />
        </Route>
        <Route path="/arena">
          <Redirect to="/" />
        </Route>
        <Route>
          <h1>No such page</h1>
          <Empty title="Nothing is at this address.">The pages are named above.</Empty>
        </Route>
      </Switch>
    </Suspense>
  );
}
