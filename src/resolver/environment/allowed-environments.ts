import { environmentNamed, type State } from '@flagtree/engine';

/** The allow-list. It compares what names mean: one that holds `prod` lets `production` in, where that is its alias. */
export class AllowedEnvironments {
  private environments: State['environments'] | null = null;
  private ids: ReadonlySet<string> = new Set();

  constructor(
    /** As the setting has them; null: every environment. */
    private readonly names: ReadonlySet<string> | null,
  ) {}

  /** A name on the list that means nothing passes, so that the answer says that there is no such environment. */
  has(state: State, name: string): boolean {
    if (this.names === null || this.names.has(name)) return true;
    const environment = environmentNamed(state, name);
    return environment !== undefined && this.idsIn(state).has(environment.id);
  }

  private idsIn(state: State): ReadonlySet<string> {
    if (this.environments !== state.environments) {
      this.environments = state.environments;
      this.ids = new Set([...(this.names ?? [])].flatMap((name) => environmentNamed(state, name)?.id ?? []));
    }
    return this.ids;
  }
}
