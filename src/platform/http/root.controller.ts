import { Controller, Get, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config/config.js';
import { urlFor } from './outside/public-url.js';
import { Public } from './permission-metadata.js';

/** Whoever opens the address of the server in a browser comes to a page. */
@Controller()
@Public()
@ApiExcludeController()
export class RootController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  root(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (!this.config.apiDocs) throw new NotFoundException();
    void reply.redirect(urlFor(request, '/api/docs'), 302);
  }
}
