interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/**
 * Carries structured values as text: undefined, NaN, bigint, dates, maps, sets, buffers, typed arrays, errors, shared and circular
 * references. What structured clone refuses is refused. Its source also runs in the page, so it refers to nothing outside itself.
 */
export const createCodec = (): Codec => {
  const typeOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);
  const globals = globalThis as unknown as Record<string, new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView>;

  const toBase64 = (bytes: Uint8Array): string => {
    let text = '';
    for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
    return btoa(text);
  };

  const encode = (root: unknown): string => {
    const nodes: unknown[] = [];
    const known = new Map<object, number>();

    const pointer = (value: unknown): unknown => {
      if (value === undefined) return ['u'];
      if (typeof value === 'bigint') return ['b', String(value)];
      if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
        return ['n', Object.is(value, -0) ? '-0' : String(value)];
      if (typeof value === 'function' || typeof value === 'symbol')
        throw new DOMException(`${String(value)} could not be cloned.`, 'DataCloneError');
      if (typeof value !== 'object' || value === null) return value;
      const index = known.get(value) ?? nodes.length;
      if (index === nodes.length) {
        known.set(value, index);
        nodes.push(null);
        nodes[index] = node(value);
      }
      return ['r', index];
    };
    const fields = (value: object): unknown => Object.entries(value).map(([key, field]) => [key, pointer(field)]);

    const node = (value: object): unknown => {
      const type = typeOf(value);
      if (Array.isArray(value)) return ['Array', Array.from(value, pointer)];
      if (value instanceof Map) return ['Map', Array.from(value, ([key, field]) => [pointer(key), pointer(field)])];
      if (value instanceof Set) return ['Set', Array.from(value, pointer)];
      if (value instanceof Date) return ['Date', pointer(value.getTime())];
      if (value instanceof RegExp) return ['RegExp', value.source, value.flags];
      if (value instanceof Error) return ['Error', value.name, value.message];
      if (type === 'ArrayBuffer') return ['ArrayBuffer', toBase64(new Uint8Array(value as ArrayBuffer))];
      if (ArrayBuffer.isView(value)) {
        const length = 'length' in value ? value.length : value.byteLength;
        return ['View', type, pointer(value.buffer), value.byteOffset, length];
      }
      if (type === 'Object') return ['Object', fields(value)];
      throw new DOMException(`a ${type} could not be cloned.`, 'DataCloneError');
    };
    const first = pointer(root);
    return JSON.stringify([first, nodes]);
  };

  type Node = [string, ...unknown[]];

  const decode = (text: string): unknown => {
    const [first, nodes] = JSON.parse(text) as [unknown, Node[]];
    const made = new Map<number, object>();

    const target = (pointer: unknown): unknown => {
      if (!Array.isArray(pointer)) return pointer;
      const [kind, given] = pointer as [string, string & number];
      if (kind === 'u') return undefined;
      if (kind === 'b') return BigInt(given);
      if (kind === 'n') return Number(given);
      return made.get(given) ?? build(given);
    };
    const keep = <Value extends object>(index: number, value: Value): Value => {
      made.set(index, value);
      return value;
    };

    const build = (index: number): object => {
      const [kind, ...parts] = nodes[index] as Node;
      const items = parts[0] as unknown[];
      if (kind === 'Array') {
        const array = keep(index, [] as unknown[]);
        for (const item of items) array.push(target(item));
        return array;
      }
      if (kind === 'Map') {
        const map = keep(index, new Map());
        for (const [key, value] of items as [unknown, unknown][]) map.set(target(key), target(value));
        return map;
      }
      if (kind === 'Set') {
        const set = keep(index, new Set());
        for (const item of items) set.add(target(item));
        return set;
      }
      if (kind === 'Object') {
        const object = keep(index, {});
        for (const [key, value] of items as [string, unknown][]) {
          // Defined, not assigned, so that a field named __proto__ is a field.
          Object.defineProperty(object, key, { value: target(value), writable: true, enumerable: true, configurable: true });
        }
        return object;
      }
      return keep(index, buildLeaf(kind, parts));
    };

    const buildLeaf = (kind: string, parts: unknown[]): object => {
      if (kind === 'Date') return new Date(target(parts[0]) as number);
      if (kind === 'RegExp') return new RegExp(parts[0] as string, parts[1] as string);
      if (kind === 'Error') return Object.assign(new Error(parts[1] as string), { name: parts[0] });
      if (kind === 'ArrayBuffer') return Uint8Array.from(atob(parts[0] as string), (sign) => sign.charCodeAt(0)).buffer;
      const [type, buffer, offset, length] = parts as [string, unknown, number, number];
      const View = globals[type];
      if (kind !== 'View' || !View) throw new Error(`unknown kind ${kind} ${type}`);
      return new View(target(buffer) as ArrayBuffer, offset, length);
    };
    return target(first);
  };

  return { encode, decode };
};
