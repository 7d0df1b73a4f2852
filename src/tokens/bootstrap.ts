import { hostname } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Caller, type Token } from '../access/caller.js';
import { TokenRegistry } from '../access/token-registry.js';
import { generateToken, publicIdOf, sha256Of } from '../access/token-text.js';
import { ChangesService } from '../audit/door/changes.service.js';
import type { Change } from '../audit/change/change.js';
import { StateStore } from '../audit/follow/state-store.js';
import type { WriteRequest } from '../audit/change/write-request.js';
import { APPROVALS_GUARD_NOTHING } from '../environments/environment-view.js';
import { firstTree } from '../environments/first-tree.js';
import { EnvironmentsService } from '../environments/environments.service.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import type { DataDirectory } from '../platform/data-directory/data-directory.js';
import { DATA_DIRECTORY } from '../platform/data-directory/injection.js';
import { ok } from '../platform/http/management/answer.js';
import { TokenEntity } from './token.entity.js';

const TOKEN_FILE = 'admin-token';
const TOKEN_NAME = 'bootstrap';

/** Who the audit log names for what a first start makes. */
const SETUP = new Caller({
  id: '00000000-0000-0000-0000-000000000000',
  publicId: '',
  name: 'setup',
  kind: 'admin',
  role: 'admin',
  environments: null,
  includeDescendants: false,
  expiresAt: null,
  revokedAt: null,
  createdBy: null,
  createdAt: new Date(0).toISOString(),
  version: 0,
} satisfies Token);

/** What an empty database starts with, and the token by which its owner gets in. */
@Injectable()
export class Bootstrap {
  private readonly logger = new Logger(Bootstrap.name);

  constructor(
    private readonly audit: ChangesService,
    private readonly store: StateStore,
    private readonly registry: TokenRegistry,
    private readonly environments: EnvironmentsService,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(DATA_DIRECTORY) private readonly directory: DataDirectory,
  ) {}

  /** Returns the path of the file that holds the admin token; null when there is none here. */
  async run(): Promise<string | null> {
    const state = await this.store.current();
    if (state.revision === 0) await this.plantTree();
    this.warnOfApprovals();
    return this.ensureAdminToken();
  }

  /** The same, where nothing can be made just now. */
  async tokenPath(): Promise<string | null> {
    const kept = this.config.adminToken === null ? await this.directory.readSecret(TOKEN_FILE) : null;
    return kept === null ? null : join(this.directory.path, TOKEN_FILE);
  }

  /** Once: checked again under the lock, since two servers may start at the same moment. */
  private async plantTree(): Promise<void> {
    const tree = this.config.environment.first;
    if (tree.length === 0) return;
    await this.audit.change(setup('first start'), {
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

  private async ensureAdminToken(): Promise<string | null> {
    const { adminToken, database } = this.config;
    if (adminToken !== null) {
      if (!this.isInForce(adminToken)) {
        await this.audit.change(setup('admin token from the settings'), {
          apply: (change) => this.admit(change, adminToken),
          answer: () => ok({}),
        });
      }
      return null;
    }
    const kept = await this.directory.readSecret(TOKEN_FILE);
    if (kept !== null) {
      // One that is known here may since have been rotated or revoked: a restart must not undo that.
      if (this.current() === undefined)
        await this.audit.change(setup('admin token of the data directory'), {
          apply: (change) => this.admit(change, kept),
          answer: () => ok({}),
        });
      return join(this.directory.path, TOKEN_FILE);
    }
    if (database.url !== null && this.current() !== undefined) {
      this.logger.warn(
        `The admin token of this database lies in the data directory of the server that made it, not on ${hostname()}: ` +
          'bring it along in FLAGTREE_ADMIN_TOKEN_FILE, or set FLAGTREE_ADMIN_TOKEN to replace it.',
      );
      return null;
    }
    const { text } = generateToken('admin');
    // The file first: a token that is in force but was never written down would lock its owner out.
    const path = await this.directory.writeSecret(TOKEN_FILE, text);
    await this.audit.change(setup('new admin token'), { apply: (change) => this.admit(change, text), answer: () => ok({}) });
    return path;
  }

  /** Makes `text` the secret of the bootstrap token, whatever it was before. */
  private async admit(change: Change, text: string): Promise<void> {
    const secretSha256 = Buffer.from(sha256Of(text), 'hex');
    const publicId = publicIdFor(text);
    const current = this.current();
    if (!current) {
      await change.manager.insert(TokenEntity, { name: TOKEN_NAME, kind: 'admin', role: 'admin', publicId, secretSha256 });
    } else {
      await change.manager.update(
        TokenEntity,
        { id: current.token.id },
        { publicId, secretSha256, revokedAt: null, expiresAt: null },
      );
    }
    await change.sync();
  }

  /** Whether the bootstrap token has the secret `text` already: then there is nothing to write. */
  private isInForce(text: string): boolean {
    const known = this.registry.inForce(publicIdFor(text), new Date());
    if (known?.digest !== sha256Of(text)) return false;
    return known.caller === this.current() && known.caller.token.expiresAt === null;
  }

  private current(): Caller | undefined {
    return this.registry
      .list()
      .find(({ token }) => token.name === TOKEN_NAME && token.kind === 'admin' && token.createdBy === SETUP.actor);
  }
}

const publicIdFor = (text: string) => publicIdOf(text) ?? `set-${sha256Of(text).slice(0, 8)}`;

function setup(reason: string): WriteRequest {
  return {
    caller: SETUP,
    requestId: 'start',
    remote: null,
    reason,
    dryRun: false,
    force: false,
    keep: null,
    ifMatch: null,
    ifNoneMatch: null,
    idempotency: null,
  };
}
