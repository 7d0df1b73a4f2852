import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { MatrixPage } from '../matrix/matrix-page.js';
import type { MatrixSearch } from '../matrix/use-matrix.js';
import type { HistorySearch } from '../history/history-search.js';
import { root } from './api.js';
import { Shell } from './shell.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What the address says, as far as it means anything. */
function known<T extends string>(search: Record<string, unknown>, names: readonly T[]): Partial<Record<T, string>> {
  return Object.fromEntries(
    names.map((name) => [name, text(search[name])]).filter(([, value]) => value !== undefined),
  ) as Partial<Record<T, string>>;
}

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: () => <p className="page">There is no such page.</p>,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the router has it
    throw redirect({ to: '/flags', replace: true });
  },
});

const flagsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/flags',
  component: MatrixPage,
  validateSearch: (search): MatrixSearch => known(search, ['q', 'is', 'env', 'tag', 'owner']) as MatrixSearch,
});

const flagRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/flags/$key',
  component: lazyRouteComponent(() => import('../flag/flag-page.js'), 'FlagPage'),
  validateSearch: (search): { env?: string } => known(search, ['env']),
});

const environmentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/environments',
  component: lazyRouteComponent(() => import('../environments/environments-page.js'), 'EnvironmentsPage'),
});

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/history',
  component: lazyRouteComponent(() => import('../history/history-page.js'), 'HistoryPage'),
  validateSearch: (search): HistorySearch => known(search, ['flag', 'environment', 'actor', 'action']),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([indexRoute, flagsRoute, flagRoute, environmentsRoute, historyRoute]),
  basepath: root.pathname,
  // an address is read by people: values stand there as they are
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search as Record<string, unknown>).filter(([, value]) => value !== undefined);
    return given.length === 0 ? '' : `?${new URLSearchParams(given as [string, string][]).toString()}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
