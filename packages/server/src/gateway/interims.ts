const [CR, LF, ZERO, ONE, TWO] = [0x0d, 0x0a, 0x30, 0x31, 0x32];
/** Where the digits of a status stand in its line: `HTTP/1.1 100` (RFC 9112 4). */
const STATUS = 'HTTP/1.1 '.length;
/** No interim answer can follow; and never will: what comes is another protocol's. */
const OVER = -1;
const SWITCHED = -2;
/** What a head ends with. */
const HEAD_END = [CR, LF, CR, LF];

/**
 * Makes 102 of each `100 Continue` that comes before an answer: a client has to read any number of them, unasked too (RFC 9110 15.2), and
 * undici takes 100, of all answers of 1xx, for a fault of the API's. One digit is written over, and nothing is held back. Of one connection.
 */
export class Interims {
  /** How much has come of the head that is under way. */
  #at = OVER;
  #isTen = false;
  /** How much has come of what ends it. */
  #ends = 0;

  /** What comes next is an answer, or what comes before one. */
  expect(): void {
    if (this.#at !== SWITCHED) this.#at = 0;
    this.#ends = 0;
  }

  /** Looks at what comes, up to where an answer says that it is one. */
  look(bytes: Buffer): void {
    for (let i = 0; i < bytes.length && this.#at >= 0; i++) this.#take(bytes, i);
  }

  #take(bytes: Buffer, i: number): void {
    const byte = bytes[i];
    const at = this.#at++;
    if (at >= STATUS + 3) return this.#passHead(byte);
    // A line may be empty before it (RFC 9112 2.2).
    if (at === 0 && (byte === CR || byte === LF)) this.#at = 0;
    else if (at === STATUS && byte !== ONE) this.#at = OVER;
    else if (at === STATUS + 1) this.#isTen = byte === ZERO;
    else if (at === STATUS + 2 && this.#isTen) this.#passStatus(bytes, i);
  }

  /** 101 is the last of what is HTTP. */
  #passStatus(bytes: Buffer, i: number): void {
    if (bytes[i] === ZERO) bytes[i] = TWO;
    else if (bytes[i] === ONE) this.#at = SWITCHED;
  }

  #passHead(byte: number | undefined): void {
    if (byte === HEAD_END[this.#ends]) this.#ends++;
    else this.#ends = byte === CR ? 1 : 0;
    if (this.#ends === HEAD_END.length) this.expect();
  }
}
