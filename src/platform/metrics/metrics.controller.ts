import { Controller, Get, Header, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { MetricsAccess } from '../config/config.js';
import { ApiProblem } from '../http/management/admin-controller.js';
import { declarePermission, Public } from '../http/permission-metadata.js';
import { MetricsRegistry } from './metrics-registry.js';

const ApiMetrics = () =>
  ApiOkResponse({ description: "Prometheus' text format.", content: { 'text/plain': { schema: { type: 'string' } } } });

@ApiTags('Health')
@Controller('metrics')
@Public()
class PublicMetricsController {
  constructor(private readonly registry: MetricsRegistry) {}

  @Get()
  @Header('content-type', MetricsRegistry.contentType)
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'metrics.read', summary: 'What this server counts and measures' })
  @ApiMetrics()
  read(): Promise<string> {
    return this.registry.text();
  }
}

@ApiTags('Health')
@Controller('metrics')
@declarePermission('viewer')
@ApiExtension('x-permission', 'viewer')
@ApiBearerAuth()
@ApiSecurity('apiKey')
@ApiProblem(401, 'No token, or one that is unknown, expired or revoked.')
@ApiProblem(403, 'It is not an admin token.')
class ProtectedMetricsController {
  constructor(private readonly registry: MetricsRegistry) {}

  @Get()
  @Header('content-type', MetricsRegistry.contentType)
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'metrics.read', summary: 'What this server counts and measures; for admin tokens of any role' })
  @ApiMetrics()
  read(): Promise<string> {
    return this.registry.text();
  }
}

/** Metrics name environments, and tell how much each is used: who may know is a setting. */
export function metricsControllers(access: MetricsAccess): Type[] {
  if (access === 'off') return [];
  return [access === 'public' ? PublicMetricsController : ProtectedMetricsController];
}
