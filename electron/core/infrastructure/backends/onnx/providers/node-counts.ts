/** How many nodes of the graph an execution provider ran. */
export interface NodeCount {
  /** As the runtime calls it: CPUExecutionProvider, CUDAExecutionProvider. */
  readonly provider: string;
  readonly count: number;
}

/**
 * Reads the profile that the runtime writes of a session's runs: an array of events, one for each time that a kernel ran. A node in
 * the body of a loop runs many times and counts once. Undefined when it is not such a profile.
 */
export const parseNodeCounts = (text: string): NodeCount[] | undefined => {
  const nodes = new Map<string, Set<string>>();
  for (const { cat, name, args } of parseEvents(text) ?? []) {
    if (cat !== 'Node' || typeof args?.provider !== 'string') continue;
    // Nodes of a body are numbered from 0 again; their names tell them apart.
    const node = `${String(args.node_index)} ${String(name)}`;
    nodes.set(args.provider, (nodes.get(args.provider) ?? new Set()).add(node));
  }
  if (nodes.size === 0) return undefined;
  return most([...nodes].map(([provider, { size }]) => ({ provider, count: size })));
};

/** The counts of several graphs together, the provider with most nodes first. */
export const sumNodeCounts = (graphs: readonly (readonly NodeCount[])[]): NodeCount[] => {
  const sums = new Map<string, number>();
  for (const { provider, count } of graphs.flat()) sums.set(provider, (sums.get(provider) ?? 0) + count);
  return most([...sums].map(([provider, count]) => ({ provider, count })));
};

const most = (counts: NodeCount[]): NodeCount[] => counts.toSorted((a, b) => b.count - a.count);

/** What of an event is looked at; the runtime may leave out any of it. */
interface ProfileEvent {
  readonly cat?: unknown;
  readonly name?: unknown;
  readonly args?: { readonly provider?: unknown; readonly node_index?: unknown };
}

const parseEvents = (text: string): ProfileEvent[] | undefined => {
  try {
    const events: unknown = JSON.parse(text);
    return Array.isArray(events) ? events.filter((event): event is ProfileEvent => typeof event === 'object' && event !== null) : undefined;
  } catch {
    return undefined;
  }
};
