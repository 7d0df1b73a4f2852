/** `make`, asked once for each object: states and snapshots never change, and what was made of one goes with it. Not for undefined. */
export function perObject<K extends object, V>(make: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, V>();
  return (object) => {
    let value = known.get(object);
    if (value === undefined) known.set(object, (value = make(object)));
    return value;
  };
}
