import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalReason } from '../../shared/model/reason.ts';

/** Who may come in: the page under its own random host name, and programs under the plain addresses. */
export interface Door {
  readonly pageHost: string;
  readonly programHosts: readonly [string, ...string[]];
  /** What programs send; it is kept in the data folder and stays the same. */
  readonly token: string;
  /**
   * What the page sends. It dies with this core: a page that tries to reach a core that is gone may meet another user's program on
   * the freed port, and what it then gives away opens nothing.
   */
  readonly pageToken: string;
}

/** What is asked for: a file of the page (no secret in it), the exchange of a one-time code, or anything that knows or does something. */
export type Asked = 'page' | 'exchange' | 'call';

export interface GateRefusal {
  readonly status: 401 | 403;
  readonly reason: RefusalReason;
}

/** Decides for every request and every upgrade, before anything else looks at it. */
export const gateRefusal = (headers: IncomingHttpHeaders, asked: Asked, door: Door): GateRefusal | undefined => {
  const host = headers.host?.toLowerCase() ?? '';
  const { origin } = headers;
  const isProgram = asked === 'call' && door.programHosts.includes(host);
  if (host !== door.pageHost && !isProgram) return hostForeign;
  // A browser names the origin in every request that could change something; a program names none.
  if (isProgram ? origin !== undefined : !isOwnOrigin(origin, asked, door)) return originForeign;
  if (!isOwnSite(headers, asked)) return originForeign;
  if (asked === 'call' && !opens(givenToken(headers), isProgram ? [door.token] : [door.pageToken, door.token])) return tokenWrong;
  return undefined;
};

const hostForeign: GateRefusal = { status: 403, reason: { code: 'host-foreign', values: {} } };
const originForeign: GateRefusal = { status: 403, reason: { code: 'origin-foreign', values: {} } };
const tokenWrong: GateRefusal = { status: 401, reason: { code: 'token-wrong', values: {} } };

const isOwnOrigin = (origin: string | undefined, asked: Asked, door: Door): boolean =>
  origin === undefined ? asked !== 'exchange' : origin === `http://${door.pageHost}`;

/** What browsers say of where a request comes from. Following a link or a redirect to the page itself is fine from anywhere. */
const isOwnSite = (headers: IncomingHttpHeaders, asked: Asked): boolean => {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return asked === 'page' && headers['sec-fetch-mode'] === 'navigate';
};

/** Browsers cannot set headers on a websocket, so there the token is a subprotocol. */
const givenToken = (headers: IncomingHttpHeaders): string | undefined => {
  const bearer = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1];
  const protocols = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim()) ?? [];
  return protocols.find((protocol) => protocol.startsWith('token.'))?.slice('token.'.length);
};

// Hashed first, because timingSafeEqual wants equal lengths.
const opens = (given: string | undefined, tokens: readonly string[]): boolean =>
  given !== undefined && tokens.some((token) => timingSafeEqual(digest(given), digest(token)));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
