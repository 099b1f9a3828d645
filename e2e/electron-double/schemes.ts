import type { Route } from 'playwright';
import { toApp } from './addresses.ts';
import { written } from './record.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();
const registered = new Set<string>();

/** Schemes with an origin of their own; the double stands in for no others. */
export const standardSchemes = (): string[] => [...registered];

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly { scheme: string; privileges?: { standard?: boolean; secure?: boolean } }[]): void => {
    for (const { scheme, privileges } of schemes) {
      if (privileges?.standard && privileges.secure) registered.add(scheme);
      written.schemes.push(scheme);
    }
  },
  handle: (scheme: string, handler: Handler): void => {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    handlers.set(scheme, handler);
  },
  unhandle: (scheme: string): void => void handlers.delete(scheme),
  isProtocolHandled: (scheme: string): boolean => handlers.has(scheme),
};

/** Answers a request of the page by the app's own handler; its headers, policy included, reach the page as they are. */
export const answerByHandler = async (route: Route): Promise<void> => {
  const asked = route.request();
  const address = toApp(asked.url(), standardSchemes());
  const handler = handlerOf(address);
  if (!handler) return route.abort('failed');
  const body = asked.postDataBuffer();
  const method = asked.method();
  const request = new Request(address, { method, headers: await asked.allHeaders(), ...(body ? { body: new Uint8Array(body) } : {}) });
  try {
    const response = await handler(request);
    const bytes = Buffer.from(await response.arrayBuffer());
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: bytes });
  } catch (error) {
    // The page may have gone while the app answered; what the app itself throws is a failed request, as in Electron.
    process.stderr.write(`double: ${address}: ${String(error)}\n`);
    await route.abort('failed').catch(() => {});
  }
};

/** Chromium fetches what a page saves without a route, so the double asks the app's handler itself. */
export const readForSaving = async (address: string): Promise<Buffer> => {
  const response = await handlerOf(address)?.(new Request(address));
  if (!response?.ok) throw new Error(`${address} was not given out: ${response?.status ?? 'no handler'}`);
  return Buffer.from(await response.arrayBuffer());
};

const handlerOf = (address: string): Handler | undefined => handlers.get(address.split(':', 1)[0] ?? '');
