/** The statements of one of our SQL files, without comments around them. Strings and bodies of functions may hold semicolons. */
export function sqlStatements(text: string): string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [part = ''] of text.matchAll(TOKEN)) {
    if (part === ';') {
      statements.push(statement.trim());
      statement = '';
    } else if (!part.startsWith('--') || statement.trim() !== '') statement += part;
  }
  return [...statements, statement.trim()].filter((each) => each !== '');
}

const TOKEN = /--[^\n]*\n?|'(?:[^']|'')*'|\$\$[^]*?\$\$|BEGIN ATOMIC[^]*?\nEND(?=;)|;|[^;'$B-]+|[$B-]/g;
