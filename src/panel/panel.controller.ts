import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isEncrypted, sessionSecretOf } from '../access/sessions/session-cookie.js';
import { CONFIG, type Config } from '../platform/config/config.js';
import { urlFor } from '../platform/http/outside/public-url.js';
import { Public } from '../platform/http/permission-metadata.js';
import { PanelFiles } from './panel-files.js';
import { PANEL_HEADERS } from './panel-headers.js';

/** The URLs of the panel. They are a list: a mistyped path of the API stays a problem document. */
const PAGES = ['sign-in', 'flags', 'flags/:key', 'environments', 'environments/:slug', 'history'];

/** Whoever opens the address of the server in a browser comes to the panel; programs come to the document of the API. */
@Controller()
@Public()
@ApiExcludeController()
export class PanelController {
  constructor(
    private readonly files: PanelFiles,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  root(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply.header('vary', 'Accept');
    if (this.isFor(request)) this.sendShell(request, reply, 0);
    else if (!this.config.apiDocs) throw new NotFoundException();
    else if (request.headers.accept?.includes('application/json') === true)
      void reply.send({ openapi: urlFor(request, '/api/openapi.json'), docs: urlFor(request, '/api/docs') });
    else void reply.redirect(urlFor(request, '/api/docs'), 302);
  }

  @Get(PAGES)
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (!this.isFor(request)) throw new NotFoundException();
    const [path = ''] = request.url.split('?');
    this.sendShell(request, reply, path.split('/').length - 2);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() { headers }: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.files.asset(name);
    if (!file) throw new NotFoundException();
    const isBrotli = file.brotli !== null && /(?:^|[\s,])br(?:[\s,]|$)/.test(headers['accept-encoding'] ?? '');
    void reply
      .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' })
      .headers({ 'cross-origin-resource-policy': 'same-origin', ...(isBrotli && { 'content-encoding': 'br' }) })
      .type(file.type)
      .send(isBrotli ? file.brotli : file.plain);
  }

  private isFor({ headers }: FastifyRequest): boolean {
    return this.files.shell !== null && headers.accept?.includes('text/html') === true;
  }

  /** Wherever a proxy has put the server, the page finds what belongs to it: `<base>` leads from the page's path to the root. */
  private sendShell(request: FastifyRequest, reply: FastifyReply, depth: number): void {
    const base = depth === 0 ? './' : '../'.repeat(depth);
    void reply
      .headers({ ...PANEL_HEADERS, 'cache-control': 'private, no-cache', vary: 'Accept, Cookie' })
      .headers(isEncrypted(request) ? { 'strict-transport-security': 'max-age=31536000' } : {})
      .type('text/html; charset=utf-8')
      .send(this.shellFor(base, sessionSecretOf(request) !== null));
  }

  private shellFor(base: string, hasSession: boolean): string {
    const page = (this.files.shell ?? '').replace('<base href="./"', `<base href="${base}"`);
    return hasSession ? page.replace('data-session="none"', 'data-session="shown"') : page;
  }
}
