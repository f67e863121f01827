import { describe, expect, it } from 'vitest';

import { endpoint } from '../../src/connector/endpoint.js';

const schema = endpoint();
const MESSAGE = 'write an address that begins with https://; http:// is for this machine alone (127.0.0.1, localhost)';

describe('an address that replaces the service', () => {
  it.each([
    'https://gateway.example.com',
    'https://gateway.example.com:8443/aws/',
    'http://127.0.0.1:8080',
    'http://localhost:3000/v1',
    'http://[::1]:9000',
    'HTTP://LOCALHOST:80',
  ])('may be %s', (address) => {
    expect(schema.parse(address)).toBe(address);
  });

  it.each([
    ['another machine without encryption', 'http://gateway.example.com'],
    ['a name that only looks like this machine', 'http://localhost.example.com'],
    ['a number that only looks like this machine', 'http://127.0.0.1.example.com'],
    ['this machine behind a user name', 'http://localhost@example.com'],
    ['the whole network of this machine', 'http://0.0.0.0:80'],
    ['a password in it', 'https://user:secret@example.com'],
    ['a user in it', 'https://user@example.com'],
    ['another protocol', 'ftp://localhost/x'],
    ['a file', 'file:///etc/passwd'],
    ['no protocol', 'gateway.example.com'],
    ['nothing', ''],
    ['no address', 'https://'],
  ])('may not be %s', (_what, address) => {
    const result = schema.safeParse(address);
    expect(result.success ? 'accepted' : result.error.issues.map(({ message }) => message)).toEqual([MESSAGE]);
  });

  it.each([undefined, null, 8080])('may not be %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
