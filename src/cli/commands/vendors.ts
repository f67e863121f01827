import { Command } from 'commander';

import {
  changeVendors,
  linesNames,
  listVendors,
  searchVendors,
  showVendor,
  withSession,
  type VendorEdit,
  type VendorEditResult,
} from '../../app.js';
import { SPEND_CLASSES, type SpendClass } from '../../core/charge.js';
import { counted } from '../../render/format.js';
import {
  renderFoundJson,
  renderFoundText,
  renderVendorJson,
  renderVendorsCsv,
  renderVendorsJson,
  renderVendorsText,
  renderVendorText,
} from '../../render/vendors.js';
import { deliver, writeWhole, type CommandIo } from '../io.js';
import { choice, wholeNumber, withExamples, withWorkspace, workspaceFolder } from '../options.js';

const LIMIT_DEFAULT = 40;

interface WorkspaceFlags {
  readonly workspace?: string;
  readonly json?: boolean;
}

interface ListFlags extends WorkspaceFlags {
  readonly period?: string;
  readonly class: SpendClass | 'all';
  readonly limit?: number;
  readonly format: 'text' | 'json' | 'csv';
  readonly out?: string;
}

/** `spendshift vendors`: who is paid, and what this company says of it. */
export function vendorsCommand(io: CommandIo): Command {
  const command = new Command('vendors').description(
    'list, show and search vendors, and say which names are one vendor: merge, split, rename, alias',
  );
  const parts = [listCommand, showCommand, searchCommand, mergeCommand, splitCommand, renameCommand, aliasCommand];
  for (const make of parts) command.addCommand(make(io), make === listCommand ? { isDefault: true } : {});
  return withExamples(command, [
    ['spendshift vendors', 'technology vendors of the latest twelve months, by money'],
    ['spendshift vendors show adobe', 'what names it, and its payees'],
    ['spendshift vendors merge acme-it acme-digital --into acme', 'three names, one vendor'],
    ['spendshift vendors split acme-digital', 'takes that back'],
  ]);
}

function listCommand(io: CommandIo): Command {
  return withWorkspace(new Command('list'))
    .description('the vendors of the ledger by money')
    .option('--period <period>', '2024-03, 2024-Q1, 2024 or 2023-04..2024-03 (default: the latest twelve months)')
    .addOption(choice('--class <class>', 'spend class', [...SPEND_CLASSES, 'all'], 'technology'))
    .option('--limit <count>', 'vendors to show; csv and json show all unless given', wholeNumber)
    .addOption(choice('--format <format>', 'how to write it', ['text', 'json', 'csv'], 'text'))
    .option('--json', 'short for --format json')
    .option('-o, --out <file>', 'write to a file instead of standard output')
    .action(async (flags: ListFlags) => {
      const format = flags.json === true ? 'json' : flags.format;
      const text = await withSession(workspaceFolder(flags.workspace, io.workingFolder), async (session) => {
        const report = await listVendors(session, {
          period: flags.period,
          spendClasses: flags.class === 'all' ? [] : [flags.class],
          limit: flags.limit ?? (format === 'text' ? LIMIT_DEFAULT : Infinity),
        });
        if (format === 'json') return renderVendorsJson(report);
        return format === 'csv'
          ? renderVendorsCsv(report)
          : renderVendorsText(report, linesNames(session), io.terminal);
      });
      await deliver(io, text, flags.out);
    });
}

function showCommand(io: CommandIo): Command {
  return withWorkspace(new Command('show'))
    .description('everything known of a vendor: catalogue, spellings, payees, money')
    .argument('<vendor>', 'id or name')
    .option('--json', 'as JSON')
    .action(async (vendor: string, flags: WorkspaceFlags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      const text = await withSession(folder, async (session) => {
        const card = await showVendor(session, vendor);
        return flags.json === true ? renderVendorJson(card) : renderVendorText(card, linesNames(session), io.terminal);
      });
      io.print(text);
    });
}

function searchCommand(io: CommandIo): Command {
  return withWorkspace(new Command('search'))
    .description('vendors of the ledger and of the catalogue whose name contains a text')
    .argument('<text>', 'part of a name')
    .option('--json', 'as JSON')
    .action(async (wanted: string, flags: WorkspaceFlags) => {
      const folder = workspaceFolder(flags.workspace, io.workingFolder);
      const text = await withSession(folder, async (session) => {
        const found = await searchVendors(session, wanted);
        return flags.json === true ? renderFoundJson(found) : renderFoundText(found, linesNames(session), io.terminal);
      });
      io.print(text);
    });
}

function mergeCommand(io: CommandIo): Command {
  return withWorkspace(new Command('merge'))
    .description('say that vendors are really one')
    .argument('<vendors...>', 'ids or names of those that are merged')
    .requiredOption('--into <vendor>', 'id or name of the one they are')
    .option('--json', 'as JSON')
    .action(async (from: string[], flags: WorkspaceFlags & { readonly into: string }) => {
      await change(io, flags, { kind: 'merge', from, into: flags.into }, ({ vendor }) => `Merged into ${vendor}`);
    });
}

function splitCommand(io: CommandIo): Command {
  return withWorkspace(new Command('split'))
    .description('take a merge back, or keep a spelling apart from the vendor it is taken for')
    .argument('<vendor>', 'id of the merged vendor or the spelling, as `vendors show` and `explain` give it')
    .option('--json', 'as JSON')
    .action(async (id: string, flags: WorkspaceFlags) => {
      await change(io, flags, { kind: 'split', id }, ({ vendor }) => `${vendor} stands by itself`);
    });
}

function renameCommand(io: CommandIo): Command {
  return withWorkspace(new Command('rename'))
    .description('give a vendor another name; its id stays')
    .argument('<vendor>', 'id or name')
    .argument('<name>', 'the new name')
    .option('--json', 'as JSON')
    .action(async (id: string, name: string, flags: WorkspaceFlags) => {
      await change(io, flags, { kind: 'rename', id, name }, ({ vendorId }) => `${vendorId} is called ${name}`);
    });
}

function aliasCommand(io: CommandIo): Command {
  return withWorkspace(new Command('alias'))
    .description('say that payee texts name a vendor')
    .argument('<vendor>', 'id or name')
    .argument('<payees...>', 'payee texts; a payee that begins with one of five letters or more is the vendor too')
    .option('--json', 'as JSON')
    .action(async (id: string, aliases: string[], flags: WorkspaceFlags) => {
      await change(io, flags, { kind: 'alias', id, aliases }, ({ vendor }) => `These payees name ${vendor} now`);
    });
}

async function change(
  io: CommandIo,
  flags: WorkspaceFlags,
  edit: VendorEdit,
  words: (result: VendorEditResult) => string,
): Promise<void> {
  const result = await changeVendors(workspaceFolder(flags.workspace, io.workingFolder), edit, writeWhole);
  if (flags.json === true) {
    const { file, isChanged, vendorId, vendor, changed } = result;
    io.print(JSON.stringify({ file, isChanged, vendorId, vendor, linesChanged: changed }));
    return;
  }
  const said = `${words(result)}. ${counted(result.changed, 'line')} changed. It stands in ${result.file}.`;
  io.print(result.isChanged ? said : `Nothing to do: ${result.file} says so already.`);
}
