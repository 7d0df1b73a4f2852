import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from './config/config.js';
import type { DataDirectory } from './data-directory/data-directory.js';
import { DATA_DIRECTORY } from './data-directory/injection.js';

/** What is there before the application is: settings, the open data directory, the connected and migrated database. */
export interface PlatformOptions {
  config: Config;
  dataDirectory: DataDirectory;
  dataSource: DataSource;
}

@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, dataDirectory, dataSource }: PlatformOptions): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: DATA_DIRECTORY, useValue: dataDirectory },
      { provide: DataSource, useValue: dataSource },
    ];
    return { module: PlatformModule, providers, exports: providers };
  }
}
