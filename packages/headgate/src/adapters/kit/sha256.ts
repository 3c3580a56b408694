import { sha256 as digest } from '@noble/hashes/sha2.js';
import type { Sha256 } from '../../http/index.ts';

const UTF8 = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** At once, on every platform: that of the Web answers with a promise. */
export const sha256: Sha256 = (text) => Array.from(digest(UTF8.encode(text)), (byte) => HEX[byte]).join('');
