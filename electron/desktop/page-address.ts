/** The scheme and host that the page has to itself; never file://, whose origin is shared by every file. */
export const pageScheme = 'app';
export const pageHost = 'switchyard';

/** Addresses outside that may be opened in the person's browser. None yet: no text of ours links out. */
const openableOutside: readonly string[] = [];

/** The address of a page of the app: its route stands after the #, so going from one to another does not load anything again. */
export const pageAddress = (route: string): string => `${pageScheme}://${pageHost}/#${route}`;

/** The address of the page that offers what can be done with files; it reads their paths from its query. */
export const filesAddress = (paths: readonly string[]): string => {
  const query = new URLSearchParams(paths.map((path): [string, string] => ['file', path]));
  return `${pageScheme}://${pageHost}/?${query.toString()}#/run`;
};

/** Whether an address is one of our own pages. Everything else is refused as a place to go. */
export const isOwnPage = (address: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === `${pageScheme}:` && url.host === pageHost && url.username === '' && url.password === '';
};

/** Whether a link may be handed to the person's browser. */
export const isOpenableOutside = (address: string, allowed: readonly string[] = openableOutside): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' && allowed.includes(url.origin);
};
