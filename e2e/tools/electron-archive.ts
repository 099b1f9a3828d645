/** A file or folder in the table of an archive of Electron's (asar). */
interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  /** True for a file that lies beside the archive and not in it. */
  readonly unpacked?: boolean;
}

/** The paths of an archive's files, told apart by whether they lie in it or beside it. */
export const listArchive = (archive: Buffer): { packed: string[]; unpacked: string[] } => {
  const length = archive.readUInt32LE(12);
  const table = JSON.parse(archive.toString('utf8', 16, 16 + length)) as Entry;
  const packed: string[] = [];
  const unpacked: string[] = [];
  const walk = (entry: Entry, path: string): void => {
    if (!entry.files) (entry.unpacked === true ? unpacked : packed).push(path);
    for (const [name, child] of Object.entries(entry.files ?? {})) walk(child, path === '' ? name : `${path}/${name}`);
  };
  walk(table, '');
  return { packed, unpacked };
};

/** An archive without files. Its head is two of Chromium's pickles: the size of the table, then the table as text. */
export const emptyArchive = (): Buffer => {
  const table = Buffer.from('{"files":{}}');
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(table.length + 8, 4);
  head.writeUInt32LE(table.length + 4, 8);
  head.writeUInt32LE(table.length, 12);
  return Buffer.concat([head, table]);
};
