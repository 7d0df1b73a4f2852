import type { State } from '@flagtree/engine';
import type { CoreSection, StatesDocument } from '@flagtree/engine/states';

/** What a body is as a document of states, and how its answer speaks of it. */
export interface ImportReading {
  document: StatesDocument;
  /** Items of the body that are so already and that the document has not. */
  unchanged?: Partial<Record<CoreSection, number>>;
  /** More members of the answer. */
  said?: object;
  /** Where in the body something of the document comes from. */
  pointerOf?: (pointer: string) => string;
}

/** A body to import, which can be something else for each state that it meets. */
export interface ImportSource {
  /** @throws {Invalid} */
  at(state: State): Promise<ImportReading>;
}
