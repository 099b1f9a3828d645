/*
 * Chromium under Playwright knows no schemes of an app's own, so app://host stands at http://host.app.localhost: under .localhost
 * a page is a secure context, and every request is answered before it would leave the browser.
 */

const standIn = /^http:\/\/([^/:]+)\.([a-z][a-z0-9+.-]*)\.localhost(?=[/?#]|$)/;

/** The address in the browser that stands in for an address of the app. */
export const toBrowser = (address: string, schemes: readonly string[]): string => {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)/.exec(address);
  const [whole, scheme = '', host = ''] = match ?? [''];
  return schemes.includes(scheme) ? `http://${host}.${scheme}.localhost${address.slice(whole.length)}` : address;
};

/** The address of the app that an address in the browser stands for. */
export const toApp = (address: string, schemes: readonly string[]): string => {
  const [whole, host = '', scheme = ''] = standIn.exec(address) ?? [''];
  return schemes.includes(scheme) ? `${scheme}://${host}${address.slice(whole.length)}` : address;
};
