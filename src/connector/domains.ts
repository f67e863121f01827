/**
 * Tells from an application's addresses whose it is. Never a guess: a host that many makers share (a sign-in service, a
 * cloud's own host names, a place for trials) says nothing, and neither do addresses that name two makers.
 */

/** Second labels below a country that registries sell names under: `co.uk`, `com.au`, `or.jp`. */
const SECOND_LABELS: ReadonlySet<string> = new Set(
  'ac ad asn biz co com edu firm gen go gob gouv gov govt id info ltd me mil ne net nhs nic nom or org plc sch web'.split(
    ' ',
  ),
);

/** Names at the end of hosts that are no maker's: what stands before them is a customer's, a developer's or a machine's. */
const SHARED_DOMAINS: ReadonlySet<string> = new Set([
  // Sign-in services.
  ...['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com', 'okta.mil', 'trexcloud.com', 'auth0.com'],
  ...[
    'onelogin.com',
    'pingone.com',
    'pingone.eu',
    'pingidentity.com',
    'jumpcloud.com',
    'duosecurity.com',
    'workos.com',
  ],
  ...['microsoftonline.com', 'microsoftonline.us', 'b2clogin.com', 'ciamlogin.com', 'msappproxy.net'],
  // Microsoft, where any maker's application may be shown or run.
  ...['microsoft.com', 'windowsazure.com', 'azure.com', 'azure.net', 'azurewebsites.net', 'azurestaticapps.net'],
  ...['azurecontainerapps.io', 'azure-api.net', 'azurefd.net', 'azureedge.net', 'cloudapp.net', 'trafficmanager.net'],
  ...['windows.net', 'sharepoint.com', 'office.com', 'live.com', 'visualstudio.com', 'powerappsportals.com'],
  ...['onmicrosoft.com', 'jwt.ms'],
  // Other clouds and hosts.
  ...['amazonaws.com', 'amazoncognito.com', 'awsapps.com', 'awsapprunner.com', 'elasticbeanstalk.com'],
  ...['cloudfront.net', 'amplifyapp.com', 'on.aws', 'googleusercontent.com', 'appspot.com', 'run.app', 'web.app'],
  ...['firebaseapp.com', 'cloudfunctions.net', 'google.com', 'herokuapp.com', 'vercel.app', 'netlify.app'],
  ...['netlify.com', 'pages.dev', 'workers.dev', 'github.io', 'githubusercontent.com', 'gitlab.io', 'onrender.com'],
  ...['fly.dev', 'railway.app', 'ondigitalocean.app', 'repl.co', 'replit.app', 'streamlit.app', 'surge.sh'],
  ...['wixsite.com', 'wordpress.com', 'squarespace.com', 'webflow.io', 'myshopify.com', 'readthedocs.io'],
  // Tools of developers.
  ...['ngrok.io', 'ngrok.app', 'ngrok.dev', 'ngrok-free.app', 'ngrok-free.dev', 'loca.lt', 'trycloudflare.com'],
  ...['pstmn.io', 'getpostman.com', 'postman.co', 'jwt.io', 'oauth.tools', 'oidcdebugger.com', 'nip.io', 'sslip.io'],
  // Names for examples.
  ...['example.com', 'example.org', 'example.net', 'contoso.com', 'fabrikam.com', 'yourdomain.com', 'yourcompany.com'],
]);

/** Ends of names that no registry sells. */
const PRIVATE_ENDS: ReadonlySet<string> = new Set(
  'localhost local localdomain internal intranet lan home corp private test example invalid onion arpa'.split(' '),
);

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * The domain that was registered for a host: `app.figma.com` → `figma.com`; undefined where it says nothing of a maker.
 * It rather keeps a label too many than one too few: a name too long fits no vendor, a name too short fits the wrong one.
 *
 * @param host as in an address: lower case, international names in their ASCII form
 */
export function registeredDomain(host: string): string | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').replace(/^\*\./, '').split('.');
  const [last = '', second = ''] = [...labels].reverse();
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  // A number at the end: the address of a machine.
  if (/^\d+$/.test(last) || PRIVATE_ENDS.has(last)) return undefined;
  const kept = last.length === 2 && SECOND_LABELS.has(second) ? 3 : 2;
  if (labels.length < kept) return undefined;
  const domain = labels.slice(-kept).join('.');
  return SHARED_DOMAINS.has(domain) ? undefined : domain;
}

/** The domain of an address on the web; undefined where it says nothing of a maker. */
export function domainOfAddress(address: string | null | undefined): string | undefined {
  const text = address?.trim() ?? '';
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return registeredDomain(new URL(text).hostname);
}

/** The one domain of which some addresses are; empty where there is none, or more than one. */
export function commonDomain(addresses: readonly (string | null | undefined)[]): string {
  const [domain, another] = new Set(addresses.flatMap((address) => domainOfAddress(address) ?? []));
  return another === undefined ? (domain ?? '') : '';
}
