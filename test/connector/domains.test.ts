import { describe, expect, it } from 'vitest';

import { commonDomain, domainOfAddress, registeredDomain } from '../../src/connector/domains.js';

describe('the registered domain of a host', () => {
  it.each([
    ['figma.com', 'figma.com'],
    ['app.eu.figma.com', 'figma.com'],
    ['APP.Figma.com.', 'figma.com'],
    ['*.figma.com', 'figma.com'],
    ['shop.example.co.uk', 'example.co.uk'],
    ['portal.maker.com.au', 'maker.com.au'],
    ['www.maker.or.jp', 'maker.or.jp'],
    ['www.sap.de', 'sap.de'],
    ['app.linear.app', 'linear.app'],
    ['xn--bcher-kva.example.de', 'example.de'],
    ['acme.zendesk.com', 'zendesk.com'],
  ])('%s: %s', (host, domain) => {
    expect(registeredDomain(host)).toBe(domain);
  });

  it.each([
    // Nothing was registered there.
    ...['localhost', 'printer', 'build.local', 'crm.internal', 'a.b.test', 'co.uk', 'com.au', ''],
    // Machines.
    ...['10.1.2.3', '192.168.0.1', '[::1]', 'bad host.com', 'a..com', '-x.com'],
    // Hosts that many makers share.
    ...['acme.okta.com', 'acme.eu.auth0.com', 'acme.azurewebsites.net', 'acme.github.io', 'acme.herokuapp.com'],
    ...['account.activedirectory.windowsazure.com', 'x.westeurope.cloudapp.azure.com', 'acme.sharepoint.com'],
    ...['d1.cloudfront.net', 'oauth.pstmn.io', 'acme.vercel.app', 'contoso.com', 'login.microsoftonline.com'],
  ])('%j says nothing', (host) => {
    expect(registeredDomain(host)).toBeUndefined();
  });
});

describe('the domain of an address', () => {
  it.each([
    ['https://app.figma.com:8443/x?y=1#z', 'figma.com'],
    [' http://figma.com ', 'figma.com'],
    ['https://*.figma.com/callback', 'figma.com'],
    ['https://BÜCHER.example.de/', 'example.de'],
  ])('%j: %s', (address, domain) => {
    expect(domainOfAddress(address)).toBe(domain);
  });

  it.each(['figma.com', 'urn:figma', 'msauth.com.figma://auth', 'ftp://figma.com', 'https://', '', null, undefined])(
    '%j says nothing',
    (address) => {
      expect(domainOfAddress(address)).toBeUndefined();
    },
  );
});

describe('several addresses', () => {
  it('have the domain that they agree on, whatever the others say', () => {
    expect(commonDomain(['https://a.figma.com', null, 'http://localhost:3000', 'https://b.figma.com'])).toBe(
      'figma.com',
    );
  });

  it('have none where they name two makers, or nobody', () => {
    expect(commonDomain(['https://figma.com', 'https://miro.com'])).toBe('');
    expect(commonDomain(['http://localhost', undefined])).toBe('');
    expect(commonDomain([])).toBe('');
  });
});
