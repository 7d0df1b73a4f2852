interface Page {
  items?: readonly unknown[];
  nextCursor?: string | null;
}

/** A list: its items one after another, page by page as they are needed. */
export interface Pages<Item, Whole> extends AsyncIterable<Item> {
  /** One page with all that it says: the first, or the one that `cursor` in the options names. */
  page(): Promise<Whole>;
  /** Page after page. */
  pages(): AsyncIterable<Whole>;
  /** All items, or the first ones. */
  toArray(atMost?: number): Promise<Item[]>;
}

export function pagesOf<Item, Whole>(read: (cursor: string | undefined) => Promise<Whole>): Pages<Item, Whole> {
  const pages = async function* (): AsyncGenerator<Whole, void> {
    let cursor: string | undefined;
    do {
      const page = await read(cursor);
      yield page;
      cursor = (page as Page).nextCursor ?? undefined;
    } while (cursor !== undefined);
  };
  const items = async function* (): AsyncGenerator<Item, void> {
    for await (const page of pages()) yield* ((page as Page).items ?? []) as Item[];
  };
  return {
    [Symbol.asyncIterator]: items,
    pages,
    page: () => read(undefined),
    toArray: async (atMost = Infinity) => {
      const found: Item[] = [];
      if (atMost <= 0) return found;
      for await (const item of items()) if (found.push(item) >= atMost) break;
      return found;
    },
  };
}
