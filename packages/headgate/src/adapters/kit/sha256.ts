import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Sha256 } from '../../http/index.ts';

/** At once, on every platform: that of the Web answers with a promise. */
export const sha256: Sha256 = (text) => bytesToHex(digest(utf8ToBytes(text)));
