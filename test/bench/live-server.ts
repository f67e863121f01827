import { startVolume } from '../services/stripe-issuing.js';

/** As a program: `node live-server.js COUNT` serves so many card transactions, and prints how to read them as JSON. */
const { settings, secrets, window, server } = await startVolume(Number(process.argv[2] ?? '1000'));
process.stdout.write(`${JSON.stringify({ settings, secrets, window, url: server.url })}\n`);
