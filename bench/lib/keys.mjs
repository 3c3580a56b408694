// Who asks, and in which order. The same on every run, so that rounds differ by the machine alone.

const HEX = Buffer.from('0123456789abcdef', 'latin1');

/** Marsaglia's xorshift, 32 bits: numbers in [0, 1). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Makes keys such as an API's own: 18 characters, flat in memory, the i-th unlike any other. */
export function keyMaker(seed = 1) {
  const random = randomFrom(seed);
  const bytes = Buffer.from('k_0000000000000000', 'latin1');
  const write = (at, value) => {
    for (let i = 0; i < 8; i++) bytes[at + i] = HEX[(value >>> (i * 4)) & 15];
  };
  return (i) => {
    write(2, random() * 2 ** 32);
    write(10, i);
    return bytes.latin1Slice();
  };
}

export function keys(count) {
  const make = keyMaker();
  return Array.from({ length: count }, (_, i) => make(i));
}

/** `length` places among `count`, each as likely as any other. */
export function uniform(count, length) {
  const random = randomFrom(3);
  return Uint32Array.from({ length }, () => random() * count);
}

/** `length` places among `count`, the n-th most frequent one n^-0.99 as likely as the first. */
export function zipfian(count, length) {
  const random = randomFrom(5);
  const upTo = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) upTo[i] = total += (i + 1) ** -0.99;
  return Uint32Array.from({ length }, () => firstAbove(upTo, random() * total));
}

function firstAbove(sorted, value) {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
