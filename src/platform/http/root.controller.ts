import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { urlFor } from './outside/public-url.js';
import { Public } from './permission-metadata.js';

/** Whoever opens the address of the server in a browser comes to a page. */
@Controller()
@Public()
@ApiExcludeController()
export class RootController {
  @Get()
  root(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply.redirect(urlFor(request, '/api/docs'), 302);
  }
}
