import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/permission-metadata.js';
import { LivenessDto, ReadinessDto } from './health.dto.js';
import { ReadinessRegistry, type Readiness } from './readiness-registry.js';

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly registry: ReadinessRegistry) {}

  @Public()
  @Get('live')
  @ApiOperation({ operationId: 'health.live', summary: 'Whether the process answers; restart it when it does not' })
  @ApiOkResponse({ type: LivenessDto })
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @Public()
  @Get('ready')
  @ApiOperation({ operationId: 'health.ready', summary: 'Whether the server can answer requests, and how each of its parts is' })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiServiceUnavailableResponse({ type: ReadinessDto })
  ready(@Res({ passthrough: true }) reply: FastifyReply): ReadinessDto {
    const checks = this.registry.report();
    const status = worst(Object.values(checks));
    void reply.status(status === 'down' ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK).header('cache-control', 'no-store');
    return { status, checks };
  }
}

function worst(checks: readonly Readiness[]): ReadinessDto['status'] {
  if (checks.some(({ status }) => status === 'down')) return 'down';
  return checks.some(({ status }) => status === 'degraded') ? 'degraded' : 'ok';
}
