interface Welcome {
  version: string;
  url: string;
  /** Whether the data directory was empty before. */
  isFirst: boolean;
  adminTokenPath: string | null;
  /** Whether there is a page about the API. */
  hasDocs: boolean;
  hasPanel: boolean;
  /** Where the database is and how to look into it. */
  database: string[];
}

/** What a person who has started the server wants to know next. */
export function welcome({ version, url, isFirst, adminTokenPath, hasDocs, hasPanel, database }: Welcome): string {
  const [where = '', ...more] = database;
  const rows: [string, string][] = [
    ['API', url],
    ...(hasPanel ? [['Panel', url] as [string, string]] : []),
    ...(hasDocs ? [['API docs', `${url}/api/docs`] as [string, string]] : []),
    [
      'Admin token',
      adminTokenPath ??
        'not kept in a file here: set in FLAGTREE_ADMIN_TOKEN, or beside the server that first used this database',
    ],
    ['Database', where],
    ...more.map((line): [string, string] => ['', line]),
    ...(isFirst ? [['Next', nextStep(url, adminTokenPath)] as [string, string]] : []),
  ];
  return ['', `Flagtree ${version} is ready.`, '', ...rows.map(([name, value]) => `  ${name.padEnd(13)}${value}`), '', ''].join(
    '\n',
  );
}

function nextStep(url: string, adminTokenPath: string | null): string {
  const token = adminTokenPath === null ? '' : ` TOKEN=$(cat ${adminTokenPath})`;
  return `in a second terminal: export FLAGTREE_URL=${url}${token}; then "The first flag" in README.md`;
}

/** The address under which this machine reaches a server that listens on every network. */
export function localUrl(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::1?\])(?=:|$)/, '//localhost').replace(/\/$/, '');
}
