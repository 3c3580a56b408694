import { Pieces, type Rewrite } from '../kit/index.ts';

/** The same stream. Each piece is told as it leaves, and once how it ended: `torn` when it failed, or nobody reads on. */
export function watched(
  body: ReadableStream<Uint8Array>,
  onPiece: (piece: Uint8Array) => void,
  onOver: (torn: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            onOver(false);
            return controller.close();
          }
          onPiece(value);
          controller.enqueue(value);
        } catch (error) {
          onOver(true);
          controller.error(error);
        }
      },
      cancel(reason) {
        onOver(true);
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 }, // Nothing is read before somebody asks for it.
  );
}

/** The body with what is written into it; undefined, with the stream as it was, when it passes as it came. */
export async function rewritten(
  body: ReadableStream<Uint8Array>,
  how: Rewrite,
): Promise<{ readonly text: string } | { readonly stream: ReadableStream<Uint8Array> }> {
  const [read, kept] = body.tee();
  const pieces = new Pieces(how.maxBytes);
  const reader = read.getReader();
  // oxlint-disable-next-line no-await-in-loop -- one piece after another
  for (let next = await reader.read(); !next.done && pieces.fits; next = await reader.read()) pieces.take(next.value);
  const text = pieces.text();
  const changed = text === undefined ? undefined : how.apply(text);
  void (changed === undefined ? reader : kept).cancel();
  return changed === undefined ? { stream: kept } : { text: changed };
}
