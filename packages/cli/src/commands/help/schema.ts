import type { Command, Invocation, JsonSchema, Result } from '../../command.js';
import { UsageError } from '../../command-error.js';
import { didYouMean } from '../../program/suggest.js';

interface Chosen {
  all: boolean;
}

export async function run({ arguments: { words }, options, commands }: Invocation<{ words: string[] }, Chosen>): Promise<Result> {
  const { COMPONENTS } = await import('../../generated/components.gen.js');
  const schemas = (chosen: readonly Command[]): Record<string, JsonSchema> =>
    Object.fromEntries(chosen.map((command) => [command.name, schemaOf(command, COMPONENTS)]));
  if (options.all) return printed(schemas(commands));
  const asked = words.join(' ');
  const command = commands.find(({ name }) => name === asked);
  if (command === undefined)
    throw new UsageError(
      asked === ''
        ? 'Of which command? Write flagtree schema <command>, or --all.'
        : `There is no command "${asked}".${didYouMean(
            asked,
            commands.map(({ name }) => name),
          )} flagtree help lists the commands.`,
    );
  return printed(schemaOf(command, COMPONENTS));
}

const printed = (data: unknown): Result => ({ data, show: () => JSON.stringify(data, null, 2) });

/** With the components that it names, and those that they name. */
export function schemaOf({ name, answer, lines }: Command, components: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const collect = (schema: unknown): void => {
    for (const [, component = ''] of JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
      const found = components[component];
      if (found === undefined || component in definitions) continue;
      definitions[component] = found;
      collect(found);
    }
  };
  collect(answer);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `flagtree ${name} --json`,
    ...(lines && { description: 'Of each line.' }),
    ...answer,
    ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
  };
}
