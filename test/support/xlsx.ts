import { crc32 } from 'node:zlib';

/** A cell of a made sheet: text, a number as the file writes it, a day as Excel's serial number, or nothing. */
export type MadeCell = string | { readonly number: string } | { readonly serialDay: number } | null;

/** The bytes of a minimal `.xlsx` with the given sheets. */
export function makeXlsx(sheets: Readonly<Record<string, readonly (readonly MadeCell[])[]>>): Buffer {
  const names = Object.keys(sheets);
  const list = (entry: (name: string, number: number) => string): string =>
    names.map((name, index) => entry(name, index + 1)).join('');
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const packages = 'http://schemas.openxmlformats.org/package/2006';
  const files: [string, string][] = [
    [
      '[Content_Types].xml',
      `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${list((name, id) => `<sheet name="${name}" sheetId="${id}" r:id="r${id}"/>`)}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${packages}/relationships">${list((_, id) => `<Relationship Id="r${id}" Type="${office}/worksheet" Target="worksheets/sheet${id}.xml"/>`)}<Relationship Id="styles" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      'xl/styles.xml',
      `<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ],
    ...names.map((name, index): [string, string] => [
      `xl/worksheets/sheet${index + 1}.xml`,
      `<worksheet xmlns="${main}"><sheetData>${(sheets[name] ?? []).map(sheetRow).join('')}</sheetData></worksheet>`,
    ]),
  ];
  return zip(files.map(([name, xml]) => [name, Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${xml}`)]));
}

function sheetRow(cells: readonly MadeCell[], index: number): string {
  const row = index + 1;
  const xml = cells.map((cell, column) => sheetCell(cell, `${String.fromCharCode(65 + column)}${row}`));
  return `<row r="${row}">${xml.join('')}</row>`;
}

function sheetCell(cell: MadeCell, address: string): string {
  if (cell === null) return '';
  if (typeof cell === 'string') {
    const text = cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
  }
  if ('number' in cell) return `<c r="${address}"><v>${cell.number}</v></c>`;
  return `<c r="${address}" s="1"><v>${cell.serialDay}</v></c>`;
}

/** A zip archive whose files are stored, not compressed (APPNOTE.TXT 4.3). */
function zip(files: readonly (readonly [name: string, data: Buffer])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of files) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), shared, tail, Buffer.from(name));
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, Buffer.from('PK\x05\x06'), end]);
}
