import { renderTable } from '../../src/render/table.js';
import { benchCards } from './cards.js';
import { benchFocus } from './focus.js';
import { benchLive } from './live.js';
import { inFolder, type Finding } from './measure.js';
import { benchStatement } from './statement.js';
import { benchVendors } from './vendors.js';

const BENCHES: Readonly<Record<string, (folder: string) => Promise<Finding | readonly Finding[]>>> = {
  cards: benchCards,
  focus: benchFocus,
  live: benchLive,
  statement: benchStatement,
  vendors: benchVendors,
};

/** `npm run bench [-- NAME …]`: all benches, or those named, side by side in one run. */
async function main(names: readonly string[]): Promise<void> {
  const findings: Finding[] = [];
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    const found = await inFolder(bench);
    findings.push(...('what' in found ? [found] : found));
  }
  const table = renderTable(
    [
      { header: 'What' },
      { header: 'Spendshift', align: 'right' },
      { header: 'Compared', align: 'right' },
      { header: 'Ratio', align: 'right' },
      { header: 'Goal' },
    ],
    findings.map((finding) => [finding.what, finding.ours, finding.other, finding.ratio, finding.goal]),
    { columns: 160, color: false },
  );
  process.stdout.write(`${table}\n`);
}

await main(process.argv.slice(2));
