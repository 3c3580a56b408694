import type { Upload } from './upload.ts';

/**
 * How long the API may be silent while a body is on its way to it. The time begins anew whenever the API takes some of it, and does
 * not run out while the caller is the one who is slow: an upload may take hours.
 */
export class Patience {
  readonly #timer: NodeJS.Timeout;

  constructor(upload: Upload, silenceMs: number, onSilence: (error: Error) => void) {
    upload.onProgress = () => void this.#timer.refresh();
    this.#timer = setTimeout(() => {
      if (upload.waitsForCaller) this.#timer.refresh();
      else onSilence(new SilentApi('the API took nothing more and said nothing'));
    }, silenceMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

class SilentApi extends Error {
  readonly code = 'ETIMEDOUT';
}
