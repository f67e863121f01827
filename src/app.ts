/**
 * The composition root: what the command line (and later the web) may call. Only this file and src/app/ join the rooms
 * and the registry of connectors.
 */
export { checkWorkspace, type CheckReport } from './app/check.js';
export { classifier, type ClassifyAnswer, type ClassifyQuestion } from './app/classify.js';
export { writeDemo, type DemoRun } from './app/demo.js';
export { explainLine, type ExplainOptions } from './app/explain.js';
export { addSourceFrom, initWorkspace, questionText, type InitFromResult, type InitResult } from './app/init.js';
export { linesNames, listLines, type LinesOptions } from './app/lines.js';
export { packageVersion } from './app/package.js';
export { pullWorkspace, RATES_FAILURE, type PullOptions, type WorkspacePull } from './app/pull.js';
export { withSession, type Session } from './app/session.js';
export { sourceStatuses, type SourceStatus } from './app/sources.js';
export type { VendorEdit } from './settings/edit-vendors.js';
export { changeVendors, listVendors, searchVendors, showVendor, type VendorEditResult } from './app/vendors.js';
export { makeStatement, statementInput, type StatementOptions } from './app/statement.js';
export { Agent, nextRuns, type AgentEvent, type AgentOptions } from './app/agent.js';
export { checkHealth, type HealthRow } from './app/doctor.js';
export { planPull, type PullPlan } from './app/plan-pull.js';
export { listRuns, type RunsOptions } from './app/runs.js';
export { statementsFolder } from './app/statements-due.js';
export { realEffects, type ServiceEffects } from './pull/effects.js';
export type { SourceHistory } from './pull/agent-plan.js';
export type { RunRecord } from './pull/run-log.js';
