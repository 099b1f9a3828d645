/** Jobs in one array. */
export const largestArray = 10_000;
