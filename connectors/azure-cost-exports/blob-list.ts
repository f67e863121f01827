/** A blob as a list shows it. */
export interface ListedBlob {
  /** Path inside the container. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  readonly etag: string;
}

/** A page of a list, and where the next one begins; no marker: it was the last. */
export interface BlobPage {
  readonly blobs: readonly ListedBlob[];
  readonly next: string | undefined;
}

/**
 * Reads a page of List Blobs: `<EnumerationResults>…<Blobs><Blob><Name>…`.
 *
 * @throws SyntaxError when it is no XML, not whole, or no such list.
 */
export async function parseBlobList(text: string): Promise<BlobPage> {
  const { SaxesParser } = await import('saxes');
  const path: string[] = [];
  const blobs: ListedBlob[] = [];
  let fields = new Map<string, string>();
  let content = '';
  let next: string | undefined;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    path.push(name);
    content = '';
    if (name === 'Blob') fields = new Map();
  });
  parser.on('text', (part) => {
    content += part;
  });
  parser.on('closetag', ({ name, attributes }) => {
    path.pop();
    if (name === 'Blob') blobs.push(blobOf(fields));
    else if (name === 'NextMarker') next = content === '' ? undefined : content;
    else if (path.includes('Blob'))
      fields.set(name, attributes['Encoded'] === 'true' ? decodeURIComponent(content) : content);
    content = '';
  });
  parser.on('error', (cause) => {
    throw new SyntaxError(`no XML: ${cause.message}`, { cause });
  });
  parser.write(text.replace(/^\uFEFF/, '')).close();
  if (!text.includes('<EnumerationResults')) throw new SyntaxError('no list of blobs');
  return { blobs, next };
}

function blobOf(fields: ReadonlyMap<string, string>): ListedBlob {
  const name = fields.get('Name') ?? '';
  const length = fields.get('Content-Length') ?? '';
  const modifiedAt = new Date(fields.get('Last-Modified') ?? '');
  if (name === '' || Number.isNaN(modifiedAt.getTime())) throw new SyntaxError('a blob without name or time');
  // Folders of accounts with a hierarchical namespace have no length.
  return { name, bytes: /^\d+$/.test(length) ? Number(length) : 0, modifiedAt, etag: fields.get('Etag') ?? '' };
}
