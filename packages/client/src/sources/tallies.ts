/** What is counted of the ways to the server. */
export interface Tallies {
  readonly fetches: Map<string, number>;
  opened: number;
  events: number;
  ignoredEvents: number;
  bytes: number;
}

export function newTallies(): Tallies {
  return { fetches: new Map<string, number>(), opened: 0, events: 0, ignoredEvents: 0, bytes: 0 };
}
