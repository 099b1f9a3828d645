import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { gateRefusal, type Asked, type Door } from './gate.ts';

const token = 'a'.repeat(64);
const pageToken = 'b'.repeat(64);
const door: Door = { pageHost: 'b1c2.localhost:4000', programHosts: ['127.0.0.1:4000', 'localhost:4000', '[::1]:4000'], token, pageToken };
const page = { host: 'b1c2.localhost:4000' };
const program = { host: '127.0.0.1:4000' };
const ownOrigin = 'http://b1c2.localhost:4000';
const bearer = { authorization: `Bearer ${token}` };

const answer = (headers: IncomingHttpHeaders, asked: Asked = 'call'): string => {
  const refused = gateRefusal(headers, asked, door);
  return refused ? `${refused.status} ${refused.reason.code}` : 'in';
};

describe('the token of the page', () => {
  const headers = { authorization: `Bearer ${pageToken}` };

  test("opens the page's own host and no other, so that it is worth nothing once this core has gone", () => {
    expect(answer({ ...page, ...headers })).toBe('in');
    expect(answer({ ...program, ...headers })).toBe('401 token-wrong');
  });
});

describe('hosts', () => {
  test.each([
    ['b1c2.localhost:4000', 'in'],
    ['B1C2.LocalHost:4000', 'in'],
    ['b1c2.localhost.:4000', '403 host-foreign'],
    ['b1c2.localhost', '403 host-foreign'],
    ['b1c2.localhost:4001', '403 host-foreign'],
    ['b1c2.localhost:04000', '403 host-foreign'],
    ['b1c2.localhost:4000.evil.example', '403 host-foreign'],
    ['x.b1c2.localhost:4000', '403 host-foreign'],
    ['user@b1c2.localhost:4000', '403 host-foreign'],
    ['other.localhost:4000', '403 host-foreign'],
    ['evil.example', '403 host-foreign'],
    ['evil.example:4000', '403 host-foreign'],
    ['127.0.0.1:4000', 'in'],
    ['localhost:4000', 'in'],
    ['[::1]:4000', 'in'],
    ['127.0.0.1', '403 host-foreign'],
    ['0.0.0.0:4000', '403 host-foreign'],
    ['127.1:4000', '403 host-foreign'],
    ['', '403 host-foreign'],
  ])('%s with the token: %s', (host, expected) => {
    expect(answer({ host, ...bearer })).toBe(expected);
  });

  test('without a name are refused', () => {
    expect(answer({ ...bearer })).toBe('403 host-foreign');
  });

  test('of programs get neither the page nor the exchange', () => {
    expect(answer(program, 'page')).toBe('403 host-foreign');
    expect(answer({ ...program, origin: ownOrigin }, 'exchange')).toBe('403 host-foreign');
  });
});

describe('origins', () => {
  test.each([
    [ownOrigin, 'in'],
    ['http://b1c2.localhost:4001', '403 origin-foreign'],
    ['https://b1c2.localhost:4000', '403 origin-foreign'],
    ['http://b1c2.localhost:4000/', '403 origin-foreign'],
    ['http://B1C2.localhost:4000', '403 origin-foreign'],
    ['http://b1c2.localhost.:4000', '403 origin-foreign'],
    ['http://localhost:4000', '403 origin-foreign'],
    ['https://evil.example', '403 origin-foreign'],
    ['null', '403 origin-foreign'],
    ['', '403 origin-foreign'],
  ])('%s on the page, with the token: %s', (origin, expected) => {
    expect(answer({ ...page, origin, ...bearer })).toBe(expected);
  });

  test('a program names none, so a browser that reached its address is refused', () => {
    expect(answer({ ...program, origin: 'http://127.0.0.1:4000', ...bearer })).toBe('403 origin-foreign');
  });

  test('the exchange wants one', () => {
    expect(answer(page, 'exchange')).toBe('403 origin-foreign');
    expect(answer({ ...page, origin: ownOrigin }, 'exchange')).toBe('in');
  });

  test('what a browser says of its site counts too, but a link to the page may be followed from anywhere', () => {
    const foreign = { ...page, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    expect(answer(foreign, 'page')).toBe('403 origin-foreign');
    expect(answer({ ...foreign, ...bearer })).toBe('403 origin-foreign');
    expect(answer({ ...page, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'page')).toBe('in');
    expect(answer({ ...page, ...bearer, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe('403 origin-foreign');
    expect(answer({ ...page, ...bearer, 'sec-fetch-site': 'same-origin' })).toBe('in');
  });
});

describe('tokens', () => {
  test.each<[string, IncomingHttpHeaders, string]>([
    ['as bearer', bearer, 'in'],
    ['as subprotocol', { 'sec-websocket-protocol': `orpc, token.${token}` }, 'in'],
    ['missing', {}, '401 token-wrong'],
    ['empty', { authorization: 'Bearer ' }, '401 token-wrong'],
    ['too long', { authorization: `Bearer ${token}a` }, '401 token-wrong'],
    ['cut short', { authorization: `Bearer ${token.slice(1)}` }, '401 token-wrong'],
    ['in another scheme', { authorization: `Basic ${token}` }, '401 token-wrong'],
    ['as a subprotocol of another name', { 'sec-websocket-protocol': token }, '401 token-wrong'],
    ['wrong beside a right subprotocol', { authorization: 'Bearer no', 'sec-websocket-protocol': `token.${token}` }, '401 token-wrong'],
  ])('%s', (_name, headers, expected) => {
    expect(answer({ ...program, ...headers })).toBe(expected);
    expect(answer({ ...page, origin: ownOrigin, ...headers })).toBe(expected);
  });

  test('are not asked for files of the page', () => {
    expect(answer(page, 'page')).toBe('in');
  });
});
