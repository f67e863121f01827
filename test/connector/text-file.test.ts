import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import type { Encoding } from '../../src/connector/encoding.js';
import { LINE_BYTES_MAX } from '../../src/connector/line-counter.js';
import { prepareTextFile, readTextHead } from '../../src/connector/text-file.js';
import { temporaryFolder } from '../support/files.js';

async function prepare(content: string | Uint8Array, encoding: Encoding = 'utf-8', name = 'cards.csv') {
  const folder = await temporaryFolder({ [name]: content });
  const request = {
    path: join(folder, name),
    file: name,
    sourceId: 'cards',
    encoding,
    temporaryFolder: join(folder, 'temporary'),
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const text = await prepareTextFile(request);
  return { ...text, content: await readFile(text.path, 'utf8'), head: await readTextHead(request) };
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('prepareTextFile', () => {
  it('leaves UTF-8 where it is and counts lines up to the last that is not blank', async () => {
    const text = await prepare('a,é\r\n1,2\r\n3,4');
    expect(text).toMatchObject({ temporary: false, lineCount: 3, regular: true });
    expect(await prepare('a\n1\n\n\n')).toMatchObject({ lineCount: 2, regular: true });
    expect(await prepare('a\n\n1\n')).toMatchObject({ lineCount: 3, regular: false });
    expect(await prepare('a\n1\r2\n')).toMatchObject({ lineCount: 2, regular: false });
  });

  it.each<[Encoding, Buffer]>([
    ['utf-16le', Buffer.from('\uFEFFName,é€\n', 'utf16le')],
    ['utf-16be', utf16be('\uFEFFName,é€\n')],
    ['windows-1252', Buffer.from([...Buffer.from('Name,'), 0xe9, 0x80, 0x0a])],
  ])('decodes %s', async (encoding, bytes) => {
    const text = await prepare(bytes, encoding);
    expect(text).toMatchObject({ content: 'Name,é€\n', head: 'Name,é€\n', temporary: true, lineCount: 1 });
  });

  it('decodes latin1 and lines that end in a bare carriage return', async () => {
    expect((await prepare(Buffer.from('é,ü\n', 'latin1'), 'latin1')).content).toBe('é,ü\n');
    expect(await prepare('a\r1\r2\r')).toMatchObject({ content: 'a\n1\n2\n', lineCount: 3, regular: true });
  });

  it('unpacks gz', async () => {
    expect(await prepare(gzipSync('a\n1\n'), 'utf-8', 'c.csv.gz')).toMatchObject({
      content: 'a\n1\n',
      temporary: true,
    });
  });

  it('finds characters cut by the chunks of a large file', async () => {
    const line = `${'é'.repeat(4_999)}a\n`;
    expect((await prepare(`x${line.repeat(300)}`)).lineCount).toBe(300);
  });

  it.each<[string, string | Uint8Array, Encoding, string, string]>([
    ['an empty file', '', 'utf-8', 'c.csv', 'c.csv: source cards: the file is empty'],
    ['blank lines alone', '\n\n', 'utf-8', 'c.csv', 'c.csv: source cards: the file is empty'],
    [
      'a byte that is no UTF-8',
      Buffer.from('a\nbc\xe9d\n', 'latin1'),
      'utf-8',
      'c.csv',
      'c.csv:2: source cards: byte 0xE9 (byte 3 of the line) is no utf-8',
    ],
    ['a hint at the encoding', Buffer.from('\xe9\n', 'latin1'), 'utf-8', 'c.csv', '`encoding: windows-1252`'],
    ['UTF-16 by its mark', Buffer.from('\uFEFFab\n', 'utf16le'), 'utf-8', 'c.csv', '`encoding: utf-16le`'],
    ['UTF-16 without a mark', utf16be('ab,cd\n'), 'utf-8', 'c.csv', '`encoding: utf-16be`'],
    [
      'UTF-16 cut in a character',
      Buffer.from('ab\n\n', 'utf16le').subarray(0, 7),
      'utf-16le',
      'c.csv',
      'is no utf-16le',
    ],
    [
      'a byte Windows-1252 leaves open',
      Buffer.from([0x61, 0x0a, 0x81]),
      'windows-1252',
      'c.csv',
      'c.csv:2: source cards: byte 0x81 is no windows-1252',
    ],
    ['a NUL byte', 'a\nb\nc\u0000d\n', 'utf-8', 'c.csv', 'c.csv:3: source cards: the line holds a NUL byte'],
    [
      'a line without end',
      `a\n${'x'.repeat(LINE_BYTES_MAX + 1)}`,
      'utf-8',
      'c.csv',
      `c.csv:2: source cards: the line is longer than ${LINE_BYTES_MAX} bytes`,
    ],
    [
      'a gz that was cut off',
      gzipSync('a,b\n'.repeat(1000)).subarray(0, 30),
      'utf-8',
      'c.csv.gz',
      'the gz file ends too early',
    ],
    ['a gz that is none', 'a,b\n', 'utf-8', 'c.csv.gz', 'the gz file is damaged'],
  ])('refuses %s', async (_, content, encoding, name, message) => {
    await expect(prepare(content, encoding, name)).rejects.toThrow(message);
  });

  it('says that a file is not there', async () => {
    const folder = await temporaryFolder();
    const request = { path: join(folder, 'no.csv'), file: 'no.csv', sourceId: 'cards', encoding: 'utf-8' as const };
    const rest = { temporaryFolder: folder, signal: new AbortController().signal, progress: () => undefined };
    await expect(prepareTextFile({ ...request, ...rest })).rejects.toThrow(
      'no.csv: source cards: the file cannot be read',
    );
  });
});
