import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';

/** A database with all migrations and nothing else: most specs take a copy of it, which is made sooner than one is migrated. */
export async function createTemplate(serverUrl) {
  const { migrate } = await import('../../../dist/platform/database/migrations/migrations.js');
  const name = `flagtree_template_${randomBytes(6).toString('hex')}`;
  await onDatabase(serverUrl, (server) => server.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await onDatabase(url.href, (dataSource) => migrate(dataSource));
  return name;
}

export function dropTemplate(serverUrl, name) {
  return onDatabase(serverUrl, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

async function onDatabase(url, work) {
  const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
