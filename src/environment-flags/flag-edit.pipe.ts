import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { UpdateFlagDto } from '../flags/flag.dto.js';
import { requestValidation } from '../platform/http/management/parameters/validation.js';
import { OverrideInDto } from './environment-flag.dto.js';

export type FlagEdit = UpdateFlagDto | OverrideInDto;

/** An edit that names an environment is one of its override; any other one is of the flag's base. */
@Injectable()
export class FlagEditPipe implements PipeTransform<unknown, Promise<FlagEdit>> {
  private readonly validation = requestValidation();

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<FlagEdit> {
    const namesEnvironment = typeof value === 'object' && value !== null && Object.hasOwn(value, 'environment');
    return (await this.validation.transform(value, {
      ...metadata,
      metatype: namesEnvironment ? OverrideInDto : UpdateFlagDto,
    })) as FlagEdit;
  }
}
