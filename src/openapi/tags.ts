import type { DocumentBuilder } from '@nestjs/swagger';

/** The areas of the API, in the order of their use: what most come for stands first. */
const TAGS: [name: string, description: string][] = [
  ['Evaluation', 'What a flag is for a context, in the environment of the request. A client token suffices.'],
  ['OFREP', 'The same by the OpenFeature Remote Evaluation Protocol, for the SDKs of OpenFeature.'],
  ['Flags', 'The base of every flag, and what holds where.'],
  ['Overrides', 'What one environment has differently.'],
  ['Environments', 'The tree.'],
  ['Segments', 'Named sets of conditions.'],
  ['Promotion', 'Comparing environments; moving flags between them, and taking that back.'],
  ['Checks', 'Contexts with the variant that a flag must serve them.'],
  ['Bulk', 'Many flags in many environments at once.'],
  ['Transfer', 'Export and import of states, and the jobs that do it.'],
  ['Tokens', 'Who may call.'],
  ['Audit', 'Who changed what, when and why.'],
  ['History', 'Going back to what was.'],
  ['Server', 'Which server this is, and whose token asks.'],
  ['Health', 'Whether the server runs, can answer, and what it counts.'],
];

export const addTags = (builder: DocumentBuilder): DocumentBuilder =>
  TAGS.reduce((tagged, [name, description]) => tagged.addTag(name, description), builder);
