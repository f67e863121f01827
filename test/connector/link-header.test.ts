import { expect, it } from 'vitest';

import { nextOfLinkHeader } from '../../src/connector/link-header.js';

it.each([
  ['<https://a.example/x?after=1&limit=2>; rel="next"', 'https://a.example/x?after=1&limit=2'],
  ['<https://a.example/1>; rel="self", <https://a.example/2>; rel="next"', 'https://a.example/2'],
  ['<https://a.example/2>;rel=next,<https://a.example/1>;rel=self', 'https://a.example/2'],
  ['<https://a.example/a,b;c>; title="more"; REL="last next"', 'https://a.example/a,b;c'],
  ['<https://a.example/1>; rel="self"', undefined],
  ['<https://a.example/1>; rel="nextish"', undefined],
  ['<https://a.example/1>; title="rel=next"', undefined],
  ['<https://a.example/1>', undefined],
  ['', undefined],
  [null, undefined],
])('%j leads to %j', (header, next) => {
  expect(nextOfLinkHeader(header)).toBe(next);
});
