/**
 * Work over many flags that can be put aside between them, so that a server answers others meanwhile. All that it reads is immutable: it
 * comes to the same however it is cut.
 */
export type Interruptible<T> = Generator<undefined, T, undefined>;

export function runToEnd<T>(work: Interruptible<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
