import type { Command, Invocation, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { optionsOf } from '../../program/command-options.js';
import { typedName } from '../../program/shared-options.js';
import { didYouMean } from '../../program/suggest.js';

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

export function run({ arguments: { shell }, commands }: Invocation<{ shell: string }>): Promise<Result> {
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write === undefined)
    throw new UsageError(
      `There is no completion for "${shell}": there is one for ${Object.keys(SHELLS).join(', ')}.${didYouMean(shell, Object.keys(SHELLS))}`,
    );
  const script = write(commands);
  return Promise.resolve({ data: { shell, script }, show: () => script });
}

/** What may stand behind the words that are there: `''` is the beginning. */
function followers(commands: readonly Command[]): Map<string, string[]> {
  const found = new Map<string, string[]>([['', []]]);
  const add = (after: string, word: string): void => {
    const words = found.get(after) ?? [];
    if (!words.includes(word)) words.push(word);
    found.set(after, words);
  };
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    add('', first);
    if (second !== undefined) add(first, second);
    for (const [name, { kind }] of Object.entries(optionsOf(command)))
      add(command.name, `${typedName(name)}${kind === 'switch' ? '' : '='}`);
  }
  return found;
}

function bash(commands: readonly Command[]): string {
  const cases = [...followers(commands)].map(
    ([after, words]) => `    ${JSON.stringify(after)}) words=${JSON.stringify(words.join(' '))} ;;`,
  );
  return `# bash completion of flagtree
_flagtree() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words="" two
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*|=) ;; *) two="\${path:+$path }$word"; [ "$(wc -w <<<"$two")" -le 2 ] && path="$two" ;; esac
  done
  case "$path" in
${cases.join('\n')}
    *) case "\${path%% *}" in
${[...followers(commands)]
  .filter(([after]) => after !== '' && !after.includes(' '))
  .map(([after, words]) => `      ${JSON.stringify(after)}) words=${JSON.stringify(words.join(' '))} ;;`)
  .join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ "\${COMPREPLY[0]}" == *= ]] && compopt -o nospace
}
complete -F _flagtree flagtree`;
}

function zsh(commands: readonly Command[]): string {
  return `#compdef flagtree
autoload -U +X bashcompinit && bashcompinit
${bash(commands).replace('# bash completion of flagtree\n', '')}`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = ['# fish completion of flagtree', 'complete -c flagtree -f'];
  const firsts = followers(commands).get('') ?? [];
  lines.push(`complete -c flagtree -n __fish_use_subcommand -a ${quoted(firsts.join(' '))}`);
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const isThere =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    if (second !== undefined)
      lines.push(
        `complete -c flagtree -n ${quoted(`__fish_seen_subcommand_from ${first}`)} -a ${quoted(second)} -d ${quoted(command.summary)}`,
      );
    for (const [name, { kind, summary, short }] of Object.entries(optionsOf(command)))
      lines.push(
        `complete -c flagtree -n ${quoted(isThere)} -l ${quoted(typedName(name).slice(2))}${short === undefined ? '' : ` -s ${short}`}${kind === 'switch' ? '' : ' -r'} -d ${quoted(summary)}`,
      );
  }
  return lines.join('\n');
}
