/**
 * The least that a limiter can do for a request, written by hand: one limit by GCRA on a Map, and the two fields of the IETF draft.
 * It reads the clock once a millisecond, forgets nothing, and groups no addresses.
 */
export function gcra(amount, windowMs) {
  const rows = new Map();
  const apartMs = windowMs / amount;
  let cells = new Float64Array(1024);
  let nowMs = Date.now();
  setInterval(() => (nowMs = Date.now()), 1).unref();

  function rowOf(key) {
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row = rows.size;
    if (row === cells.length) {
      const larger = new Float64Array(2 * row);
      larger.set(cells);
      cells = larger;
    }
    rows.set(key, row);
    return row;
  }

  return {
    policy: `"default";q=${amount};w=${windowMs / 1000}`,
    field: '',
    admits(key) {
      const row = rowOf(key);
      const arrivesMs = Math.max(cells[row], nowMs) + apartMs;
      const waitMs = arrivesMs - nowMs;
      if (waitMs > windowMs) return false;
      cells[row] = arrivesMs;
      this.field = `"default";r=${Math.floor((windowMs - waitMs) / apartMs)};t=${Math.ceil(waitMs / 1000)}`;
      return true;
    },
  };
}
