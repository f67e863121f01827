import { s3ProblemOf } from '../../src/connector/s3/problems.js';
import { defineService } from '../../src/connector/service.js';
import { check, GRANT, PERMISSIONS } from './check.js';
import { pull } from './pull.js';
import { awsDataExportsSettings, type AwsDataExportsSettings } from './settings.js';

/** AWS grants credits and refunds for a month longer than it changes its bill. */
const RESTATEMENT_DAYS = 35;

/** The bill of an AWS organisation or account from its FOCUS export in S3. */
export default defineService<AwsDataExportsSettings>({
  id: 'aws-data-exports',
  title: 'AWS Data Exports (FOCUS)',
  kind: 'bill',
  settings: awsDataExportsSettings,
  version: 1,
  // S3 takes thousands of requests a second for a folder; a run sends a few.
  service: { permissions: PERMISSIONS, grant: GRANT, requestIntervalMs: 0 },
  history: { grain: 'month', timeZone: 'UTC', restatementDays: RESTATEMENT_DAYS },
  problemOf: (error) => s3ProblemOf(error, 'bucket'),
  check,
  pull,
});
