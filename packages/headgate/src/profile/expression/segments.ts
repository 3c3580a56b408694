import { FAILED, type Scope } from './scope.ts';
import { spendText } from './values.ts';

/** The default alphabet of short messages, and its extension, whose characters take two septets (3GPP TS 23.038, 6.2.1). */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';
const SEPTETS: ReadonlyMap<string, number> = new Map([
  ...Array.from(BASIC, (char) => [char, 1] as const),
  ...Array.from(EXTENSION, (char) => [char, 2] as const),
]);

/** Room in one message, and in each of several: their numbers take some of it (3GPP TS 23.040, 9.2.3.24). */
const ROOM = { septets: [160, 153], units: [70, 67] } as const;

/** In how many segments a text is sent as a short message. An empty one is sent, too. */
export function textSegments([text]: readonly unknown[], scope: Scope): unknown {
  if (typeof text !== 'string' || !spendText(scope, text.length)) return FAILED;
  const chars = Array.from(text);
  const septets = chars.map((char) => SEPTETS.get(char) ?? 0);
  // A character outside of the alphabet makes all of it UCS-2; one beyond the basic plane takes two units.
  return septets.includes(0)
    ? segmentsOf(
        chars.map(({ length }) => length),
        ROOM.units,
      )
    : segmentsOf(septets, ROOM.septets);
}

/** A character is never parted between two segments. */
function segmentsOf(widths: readonly number[], [alone, each]: readonly [number, number]): number {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= alone) return 1;
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > each) [segments, used] = [segments + 1, 0];
    used += width;
  }
  return segments;
}
