import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StateStore } from '../audit/follow/state-store.js';
import type { Snapshot, State } from '@flagtree/engine';
import { exportFlagd } from '@flagtree/engine/flagd';
import { requireEnvironment } from '../environments/environment-view.js';
import { etagOfText, hasAlready } from '../platform/http/management/etag.js';
import { SnapshotsService } from '../resolver/snapshots/snapshots.service.js';

/** Environments as flagd definitions: each is written out once, however many ask for it. */
@Injectable()
export class FlagdExports {
  private readonly texts = new WeakMap<Snapshot, { text: string; etag: string }>();

  constructor(
    private readonly store: StateStore,
    private readonly snapshots: SnapshotsService,
  ) {}

  /** As the database has it now. Undefined: the caller has this content already. */
  async current(slug: string, request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const state = await this.store.current();
    return this.answer(state, requireEnvironment(state, slug).slug, request, reply);
  }

  answer(state: State, slug: string, request: FastifyRequest, reply: FastifyReply): string | undefined {
    const snapshot = this.snapshots.get(slug);
    let written = this.texts.get(snapshot);
    if (!written) {
      const text = JSON.stringify(exportFlagd(snapshot, state.segments));
      written = { text, etag: etagOfText(text) };
      this.texts.set(snapshot, written);
    }
    const { text, etag } = written;
    void reply.headers({ etag, vary: 'Authorization, X-API-Key' });
    if (hasAlready(request, etag)) return void reply.status(304);
    void reply.type('application/json; charset=utf-8');
    return text;
  }
}
