import { describe, expect, test } from 'vitest';
import { socketsOf } from './docker-link.ts';

describe('the sockets that an address of Docker may mean', () => {
  test.each([
    [undefined, ['/home/a/.docker/run/docker.sock', '/var/run/docker.sock']],
    ['', ['/home/a/.docker/run/docker.sock', '/var/run/docker.sock']],
    ['unix://', ['/home/a/.docker/run/docker.sock', '/var/run/docker.sock']],
    ['unix:///run/d.sock', ['/run/d.sock']],
    ['/run/d.sock', ['/run/d.sock']],
    ['tcp://host:2375', []],
    ['ssh://user@host', []],
  ])('%s', (address, sockets) => {
    expect(socketsOf(address, '/home/a')).toEqual(sockets);
  });
});
