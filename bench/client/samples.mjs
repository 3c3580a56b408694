/* oxlint-disable no-await-in-loop -- one attempt, one run, follows another */
// What the vendors' own pages tell their callers to write, as they behave; what they give up on is asked for again by the worker.
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Deep Creative: waits the *lesser* of what it was told and 2^n seconds. */
export const deepCreative = (fetch) => async (url, init) => {
  for (let retries = 0; retries < 3; retries++) {
    const response = await fetch(url, init);
    if (response.status !== 429) return response;
    const retryAfter = response.headers.get('Retry-After') || 60;
    await sleep(Math.min(retryAfter * 1000, 2 ** retries * 1000));
  }
  throw new Error('Max retries exceeded');
};

/** Vetigen: what it was told, times 2^n; a date, or no field, is a second. */
export const vetigen = (fetch) => async (url, init) => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const response = await fetch(url, init);
    if (response.status !== 429) return response;
    await sleep(Number.parseInt(response.headers.get('Retry-After') || '1', 10) * 1000 * 2 ** attempt);
  }
  throw new Error('Max retries exceeded');
};

/** Aionvision: what it was told, to the second; and ten at once, each followed by a tenth of a second. */
export const aionvision = (fetch) => async (url, init) => {
  for (let attempt = 0; attempt < 5; attempt++) {
    const response = await fetch(url, init);
    await sleep(100);
    if (response.status !== 429) return response;
    const told = response.headers.get('Retry-After');
    const delay = Math.min(2 ** attempt, 60);
    await sleep(told ? Number.parseInt(told, 10) * 1000 : (delay + Math.random() * delay * 0.1) * 1000);
  }
  throw new Error('Max retries exceeded');
};
