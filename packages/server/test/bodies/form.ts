/** A file of a form, as a client would send it. */
export interface FormFile {
  readonly name?: string;
  readonly type?: string;
  readonly content: Buffer | string;
}

export const BOUNDARY = 'a-boundary';
export const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

/** A form (RFC 7578) that holds these files, and a field before them. */
export function form(files: readonly FormFile[]): Buffer {
  const pieces: (Buffer | string)[] = [`--${BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nsome\r\n`];
  for (const { name = 'a.bin', type = 'application/octet-stream', content } of files) {
    pieces.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n`);
    pieces.push(`Content-Type: ${type}\r\n\r\n`, content, '\r\n');
  }
  pieces.push(`--${BOUNDARY}--\r\n`);
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

/** So many bytes that begin as a file of some kind does. */
export function beginning(start: string, bytes: number): Buffer {
  return Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(bytes - start.length, 'x')]);
}

export const PNG = '\x89PNG\r\n\x1a\n';
export const MP4 = '\0\0\0\x18ftypmp42';
export const PDF = '%PDF-1.7\n';
