import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { packageFolder } from '../app/package.js';
import { trainingTexts, trainModels } from './models.js';

/** `npm run train`: fits the two text models to the data in config/ and writes them to config/models/. */
for (const { file, text, exampleCount } of trainModels(trainingTexts())) {
  const path = join(packageFolder(), 'config', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`config/${file} from ${exampleCount} examples\n`);
}
