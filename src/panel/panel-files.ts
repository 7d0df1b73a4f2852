import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config.js';
import { packageRoot } from '../platform/package-root.js';

export interface PanelFile {
  type: string;
  plain: Buffer;
  /** Compressed by brotli when it was built; null: it would not have become smaller. */
  brotli: Buffer | null;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the build has made of `packages/panel`, read once: some files, of names that change with their content. */
@Injectable()
export class PanelFiles {
  /** The page itself; null: the panel is switched off, or this server was built without it. */
  readonly shell: string | null;
  private readonly assets = new Map<string, PanelFile>();

  constructor(@Inject(CONFIG) { panel }: Pick<Config, 'panel'>) {
    const folder = join(packageRoot(), 'packages/panel/dist');
    const page = join(folder, 'index.html');
    this.shell = panel && existsSync(page) ? readFileSync(page, 'utf8') : null;
    if (this.shell === null) return;
    const names = readdirSync(join(folder, 'assets'));
    for (const name of names) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const read = (file: string) => (names.includes(file) ? readFileSync(join(folder, 'assets', file)) : null);
      this.assets.set(name, { type, plain: read(name) as Buffer, brotli: read(`${name}.br`) });
    }
  }

  asset(name: string): PanelFile | undefined {
    return this.assets.get(name);
  }
}
