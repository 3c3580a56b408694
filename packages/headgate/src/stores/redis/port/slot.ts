/** Slots of a cluster, and the polynomial of its checksum: CRC16, as XMODEM has it. */
const SLOTS = 16_384;
const POLYNOMIAL = 0x1021;

/** The slot of keys with this hash tag, which is ASCII. Redis Cluster Specification, "Key distribution model". */
export function slotOf(tag: string): number {
  let crc = 0;
  for (let i = 0; i < tag.length; i++) {
    crc ^= tag.charCodeAt(i) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80_00 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  }
  return (crc & 0xff_ff) % SLOTS;
}
