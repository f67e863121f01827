import { z } from 'zod';

import { endpoint } from '../../src/connector/endpoint.js';

/** Settings of an `ecb-rates` source. The files are open to everybody: there is no secret. */
export const ecbSettings = z.strictObject({
  endpoint: endpoint().default('https://www.ecb.europa.eu/stats/eurofxref/'),
});

export type EcbSettings = z.infer<typeof ecbSettings>;
