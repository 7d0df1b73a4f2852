import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CONFIG, type Config } from './config/config.js';
import type { DataDirectory } from './data-directory/data-directory.js';
import { DATA_DIRECTORY } from './data-directory/injection.js';
import { DatabaseAbsence } from './health/database-absence.js';
import { DatabaseClock } from './database/database-clock.js';
import { dataSourceOptions } from './database/data-source.js';

/** What is there before the application is: settings, the open data directory, the address of the database. */
export interface PlatformOptions {
  config: Config;
  dataDirectory: DataDirectory;
  databaseUrl: string;
  absence: DatabaseAbsence;
}

/**
 * Settings, data directory and data source. The data source knows the entities that modules name with `TypeOrmModule.forFeature`, and is connected
 * by the start and not by Nest, because a server also starts without its database. A write goes through the manager of its change: an injected
 * repository would write over another connection, outside of the transaction.
 */
@Global()
@Module({})
export class PlatformModule {
  static forRoot({ config, dataDirectory, databaseUrl, absence }: PlatformOptions): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: DATA_DIRECTORY, useValue: dataDirectory },
      { provide: DatabaseAbsence, useValue: absence },
      DatabaseClock,
    ];
    const database = TypeOrmModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (settings: Config) => ({
        ...dataSourceOptions(databaseUrl, settings),
        autoLoadEntities: true,
        manualInitialization: true,
        retryAttempts: 0,
      }),
    });
    return { module: PlatformModule, imports: [database], providers, exports: providers };
  }
}
