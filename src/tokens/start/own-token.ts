import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { THE_SERVER } from '../../access/identity/the-server.js';
import { TokenRegistry } from '../../access/identity/token-registry.js';
import { generateToken, publicIdOf, sha256Of } from '../../access/identity/token-text.js';
import { ChangesService } from '../../audit/door/changes.service.js';
import type { Change } from '../../audit/change/change.js';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { DataDirectory } from '../../platform/data-directory/data-directory.js';
import { DATA_DIRECTORY } from '../../platform/data-directory/injection.js';
import { isDatabaseUnusable } from '../../platform/database/database-error.js';
import { ok } from '../../platform/http/management/answer.js';
import { byTheServer } from './by-the-server.js';
import { givenUpAt, holderOf, isPublicIdTaken, ownTokenId } from './own-token.queries.js';
import { TokenEntity } from '../token.entity.js';

const TOKEN_FILE = 'admin-token';
const TOKEN_NAME = 'bootstrap';

/**
 * The admin token by which the owner of a server gets in: that of the settings, else one in the data directory. It is known by a mark of its
 * own, whatever other tokens are called; and a secret that somebody gave up stays given up, whatever file or setting still has it.
 */
@Injectable()
export class OwnToken {
  private readonly logger = new Logger(OwnToken.name);

  constructor(
    private readonly changes: ChangesService,
    private readonly registry: TokenRegistry,
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(DATA_DIRECTORY) private readonly directory: DataDirectory,
  ) {}

  /** The file that holds it; null when there is none here. A server that cannot have it starts without, and says so: it evaluates. */
  async ensure(): Promise<string | null> {
    try {
      return await this.make();
    } catch (error) {
      if (isDatabaseUnusable(error)) throw error;
      this.logger.error({ err: error }, 'the admin token could not be put in force: the server starts without it', OwnToken.name);
      return null;
    }
  }

  /** The same, where nothing can be made just now. */
  async path(): Promise<string | null> {
    const kept = this.config.adminToken === null ? await this.directory.readSecret(TOKEN_FILE) : null;
    return kept === null ? null : this.file;
  }

  private get file(): string {
    return join(this.directory.path, TOKEN_FILE);
  }

  private async make(): Promise<string | null> {
    const { adminToken, database } = this.config;
    if (adminToken !== null) {
      await this.putInForce(adminToken, {
        reason: 'admin token from the settings',
        where: 'FLAGTREE_ADMIN_TOKEN',
        replaces: true,
      });
      return null;
    }
    const kept = await this.directory.readSecret(TOKEN_FILE);
    if (kept !== null) {
      const reason = 'admin token of the data directory';
      // Another one may have been made since, by a rotation or another server: a restart must not undo that.
      return (await this.putInForce(kept, { reason, where: this.file, replaces: false })) ? this.file : null;
    }
    if (database.url !== null && (await ownTokenId(this.dataSource.manager)) !== null) {
      this.logger.warn(
        `The admin token of this database lies in the data directory of the server that made it, not on ${hostname()}: ` +
          'bring it along in FLAGTREE_ADMIN_TOKEN_FILE, or set FLAGTREE_ADMIN_TOKEN to replace it.',
      );
      return null;
    }
    const { text } = generateToken('admin');
    // The file first: a token that is in force but was never written down would lock its owner out.
    const path = await this.directory.writeSecret(TOKEN_FILE, text);
    await this.putInForce(text, { reason: 'new admin token', where: path, replaces: true });
    return path;
  }

  /** False, and a warning: this secret is not in force, nor will it be. */
  private async putInForce(text: string, { reason, where, replaces }: Wanted): Promise<boolean> {
    if (this.isInForce(text)) return true;
    const refusals: string[] = [];
    await this.changes.change(byTheServer(reason), {
      apply: async (change) => {
        refusals.push(...(await admit(change, text, replaces)));
      },
      answer: () => ok({}),
    });
    for (const refusal of refusals) this.logger.warn(`The admin token in ${where} ${refusal}`);
    return refusals.length === 0;
  }

  /** Whether the server's own token has the secret `text` already: then there is nothing to write. */
  private isInForce(text: string): boolean {
    const known = this.registry.find(sha256Of(text))?.token;
    return known !== undefined && known.isOwn && known.revokedAt === null && known.expiresAt === null;
  }
}

interface Wanted {
  reason: string;
  /** Where the secret stands. */
  where: string;
  /** Whether it takes the place of another one that is in force. */
  replaces: boolean;
}

const ANEW = 'Set FLAGTREE_ADMIN_TOKEN to a new one, or remove it and the file to get one; this server goes on without it.';

/** Makes `text` the secret of the server's own token; where it cannot be, nothing is written, and the ends of sentences say why. */
async function admit(change: Change, text: string, replaces: boolean): Promise<string[]> {
  const { manager } = change;
  const secretSha256 = Buffer.from(sha256Of(text), 'hex');
  const holder = await holderOf(manager, secretSha256);
  const givenUp = await givenUpAt(manager, secretSha256, THE_SERVER.actor);
  if (givenUp !== null && (holder === null || holder.isRevoked))
    return [`was revoked or rotated at ${givenUp.toISOString()} and stays so. ${ANEW}`];
  if (holder?.isRevoked) return [`was revoked and stays so. ${ANEW}`];
  if (holder && !holder.isOwn) return [`is that of the token "${holder.name}", which is left as it is.`];
  // Another server that starts may have been faster.
  if (holder && !holder.expires) return [];
  const own = holder?.id ?? (await ownTokenId(manager));
  if (!holder && own !== null && !replaces) return [`is not in force: the server's own token has another secret by now. ${ANEW}`];
  const wanted = publicIdFor(text);
  const publicId = (await isPublicIdTaken(manager, wanted, own)) ? generateToken('admin').publicId : wanted;
  if (own === null)
    await manager.insert(TokenEntity, { name: TOKEN_NAME, kind: 'admin', role: 'admin', isOwn: true, publicId, secretSha256 });
  else await manager.update(TokenEntity, { id: own }, { publicId, secretSha256, expiresAt: null });
  await change.sync();
  return [];
}

/** Of a secret that somebody chose it tells nothing: whoever sees it could try out guesses. */
const publicIdFor = (text: string) => publicIdOf(text) ?? `set-${randomBytes(6).toString('hex')}`;
