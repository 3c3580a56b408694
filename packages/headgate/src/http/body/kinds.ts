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

/** Signatures (WHATWG, "MIME Sniffing", 6), as Latin-1; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [signature: RegExp, kind: FileKind])[] = [
  [/^(?:\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8|BM|II\*\0|MM\0\*|RIFF[^]{4}WEBP|\0\0\x01\0)/, 'image'],
  [/^[^]{4}ftyp(?:hei|hev|mif1|msf1|avi[fs])/, 'image'],
  [/^(?:ID3|OggS|fLaC|RIFF[^]{4}WAVE|FORM[^]{4}AIFF|\xff[\xf3\xfb]|[^]{4}ftypM4A )/, 'audio'],
  [/^(?:[^]{4}ftyp|\x1aE\xdf\xa3|RIFF[^]{4}AVI |FLV\x01|\0\0\x01[\xb3\xba]|\x30\x26\xb2\x75)/, 'video'],
  [/^(?:%PDF-|\{\\rtf|\xd0\xcf\x11\xe0)/, 'document'],
  [/^(?:PK\x03\x04|\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/, 'archive'],
];

function kindOfType(type: string): FileKind | undefined {
  const bare = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  return BY_TYPE.find(([pattern]) => pattern.test(bare))?.[1];
}

function kindOfName(name: string): FileKind | undefined {
  return ENDS.get(/\.(\w{1,5})$/.exec(name.toLowerCase())?.[1] ?? '');
}

/** What the beginning of a file is the beginning of. */
export function sniff(start: Uint8Array): FileKind | undefined {
  const text = String.fromCharCode(...start);
  return SIGNATURES.find(([signature]) => signature.test(text))?.[1];
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
