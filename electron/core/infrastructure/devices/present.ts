type Loose<T> = { [K in keyof T]: T[K] | undefined };

/** Leaves out what is undefined: a field that was not measured is absent, so that it is absent in every transport. */
export const present = <T extends object>(fields: Loose<T>): T => {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Only undefined values were removed. Fields that T demands are the caller's to give: `Loose` cannot tell them apart.
  return Object.fromEntries(entries) as T;
};
