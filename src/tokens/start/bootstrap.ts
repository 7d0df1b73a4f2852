import { Inject, Injectable, Logger } from '@nestjs/common';
import { ChangesService } from '../../audit/door/changes.service.js';
import { StateStore } from '../../audit/follow/state-store.js';
import { APPROVALS_GUARD_NOTHING } from '../../environments/environment-view.js';
import { firstTree } from '../../environments/first-tree.js';
import { EnvironmentsService } from '../../environments/environments.service.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { ok } from '../../platform/http/management/answer.js';
import { byTheServer } from './by-the-server.js';
import { OwnToken } from './own-token.js';

/** What an empty database starts with, and the token by which its owner gets in. */
@Injectable()
export class Bootstrap {
  private readonly logger = new Logger(Bootstrap.name);

  constructor(
    private readonly changes: ChangesService,
    private readonly store: StateStore,
    private readonly environments: EnvironmentsService,
    private readonly ownToken: OwnToken,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Returns the path of the file that holds the admin token; null when there is none here. */
  async run(): Promise<string | null> {
    const state = await this.store.current();
    if (state.revision === 0) await this.plantTree();
    this.warnOfApprovals();
    return this.ownToken.ensure();
  }

  /** The same, where nothing can be made just now. */
  tokenPath(): Promise<string | null> {
    return this.ownToken.path();
  }

  /** Once: checked again under the lock, since two servers may start at the same moment. */
  private async plantTree(): Promise<void> {
    const tree = this.config.environment.first;
    if (tree.length === 0) return;
    await this.changes.change(byTheServer('first start'), {
      apply: async (change) => {
        if (change.before.revision > 0) return;
        for (const environment of firstTree(tree)) await this.environments.create(change, environment);
      },
      answer: () => ok({}),
    });
  }

  private warnOfApprovals(): void {
    const trusting = [...this.store.state.environments.values()].filter(({ settings }) => settings['require_approval'] === true);
    const slugs = trusting.map(({ slug }) => slug).sort();
    if (slugs.length > 0) this.logger.warn(`${APPROVALS_GUARD_NOTHING} It is set by ${slugs.join(', ')}.`);
  }
}
