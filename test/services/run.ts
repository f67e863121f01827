import { stringify } from 'yaml';

import { chargeStandins, referenceStandins } from './index.js';
import { startAll, stopAll } from './start.js';

/**
 * `npm run standin -- CONNECTOR`: a server on this machine that answers as the service does, with invented data, so that
 * a connector can be tried without an account. Prints the source to put into spendshift.yaml and the secrets it names.
 */

const SEED = 1;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(names: readonly string[]): Promise<number> {
  const known = [...chargeStandins, ...referenceStandins].map(({ connector }) => connector).sort();
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    for (const name of unknown) say(`There is no stand-in for "${name}".`);
    say(`Name one or more connectors: npm run standin -- CONNECTOR\nThere are: ${known.join(', ')}.`);
    return 2;
  }
  const started = await startAll({ now: () => new Date(), seed: SEED }, names);
  const secrets = started.flatMap(({ running }) => Object.entries(running.secrets));
  const sources = started.map(({ connector, running }) => [connector, { connector, ...running.settings }]);
  say('# Put this into spendshift.yaml in the place of `sources: {}`, or what is under it beside your other sources:');
  say(stringify({ sources: Object.fromEntries(sources) as Record<string, unknown> }));
  if (secrets.length > 0) say('# Set these in the shell in which you run spendshift:');
  for (const [name, value] of secrets) say(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
  say('\n# Answering until you stop it with Ctrl-C. The next start has other ports: put its settings in then.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await stopAll(started);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
