const mostKeys = 20_000;

/** The value of a key, made when it is new. A map that has grown too large forgets what was asked for longest ago. */
export const valueIn = <Key, Value extends object>(map: Map<Key, Value>, key: Key, make: () => Value): Value => {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostKeys && oldest !== undefined) map.delete(oldest);
  return value;
};
