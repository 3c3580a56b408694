/** What `file.kind` may be. */
export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'archive' | 'other';

/** Bytes at the beginning of a file that tell what it is. */
export const SNIFFED = 16;

const BY_TYPE: readonly (readonly [type: RegExp, kind: FileKind])[] = [
  [/^image\//, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
  [/^text\/|^application\/(?:pdf|rtf|msword|epub|vnd\.(?:ms-|openxmlformats|oasis\.opendocument))/, 'document'],
  [/^application\/(?:x-)?(?:zip|gzip|tar|bzip2?|7z|rar|xz|zstd|vnd\.rar)/, 'archive'],
];

const BY_END: Readonly<Record<Exclude<FileKind, 'other'>, string>> = {
  image: 'png jpg jpeg jpe jfif gif webp bmp tif tiff heic heif avif svg ico jxl',
  video: 'mp4 m4v mov avi mkv webm mpg mpeg wmv flv 3gp ogv',
  audio: 'mp3 m4a wav flac ogg oga opus aac wma aif aiff',
  document: 'pdf txt md csv tsv rtf html htm doc docx xls xlsx ppt pptx odt ods odp epub',
  archive: 'zip gz tgz tar bz2 7z rar xz zst',
};
const ENDS: ReadonlyMap<string, FileKind> = new Map(
  Object.entries(BY_END).flatMap(([kind, ends]) => ends.split(' ').map((end) => [end, kind as FileKind] as const)), // its own keys
);

/** Signatures (WHATWG, "MIME Sniffing", 6), in Latin-1, and where they stand. What stands in a container comes before it. */
const SIGNATURES: readonly (readonly [kind: FileKind, at: number, ...signatures: string[]])[] = [
  ['image', 0, '\x89PNG\r\n\x1A\n', '\xFF\xD8\xFF', 'GIF8', 'BM', 'II*\0', 'MM\0*', '\0\0\x01\0'],
  ['image', 4, 'ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1', 'ftypavif', 'ftypavis'],
  ['image', 8, 'WEBP'],
  ['audio', 0, 'ID3', 'OggS', 'fLaC', '\xFF\xFB', '\xFF\xF3'],
  ['audio', 4, 'ftypM4A '],
  ['audio', 8, 'WAVE', 'AIFF'],
  ['video', 0, '\x1AE\xDF\xA3', 'FLV\x01', '\0\0\x01\xB3', '\0\0\x01\xBA', '0&\xB2u'],
  ['video', 4, 'ftyp'],
  ['video', 8, 'AVI '],
  ['document', 0, '%PDF-', '{\\rtf', '\xD0\xCF\x11\xE0'],
  ['archive', 0, 'PK\x03\x04', '\x1F\x8B', '7z\xBC\xAF\x27\x1C', 'Rar!', 'BZh', '\xFD7zXZ', '(\xB5/\xFD'],
];

function kindOfType(type: string): FileKind | undefined {
  const bare = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  return BY_TYPE.find(([pattern]) => pattern.test(bare))?.[1];
}

function kindOfName(name: string): FileKind | undefined {
  return ENDS.get(/\.(\w{1,5})$/.exec(name.toLowerCase())?.[1] ?? '');
}

/** What the beginning of a file is the beginning of. */
function sniff(start: Uint8Array): FileKind | undefined {
  const text = String.fromCharCode(...start);
  return SIGNATURES.find(([, at, ...all]) => all.some((signature) => text.startsWith(signature, at)))?.[0];
}

/**
 * All that a file is taken for: by its type, by the ends of its names, and by how it begins. Where these disagree the API may go by any, so
 * the limits of each hold. Office documents are archives by their first bytes, and honest ones.
 */
export function kindsOf(type: string, names: readonly string[], start: Uint8Array): ReadonlySet<FileKind> {
  const said = [kindOfType(type), ...names.map(kindOfName)].filter((kind) => kind !== undefined);
  const seen = sniff(start);
  const isOffice = seen === 'archive' && said.includes('document');
  const kinds = new Set<FileKind>(seen === undefined || isOffice ? said : [...said, seen]);
  return kinds.size === 0 ? new Set(['other']) : kinds;
}
