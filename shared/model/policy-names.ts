/** Every policy that the queue can be kept by, in the order in which they are shown. No schema, so that pages and the command line may load it. */
export const policyNames = ['priority', 'fair', 'shortest', 'deadline', 'fastest', 'fifo'] as const;
