import { floors } from './floors.mjs';
import { ours } from './ours.mjs';
import { peers } from './peers.mjs';

/**
 * By name, a function that loads the subject: `{ limits, async?, refuses?, open({ amounts, windowsMs }) }`. What it opens
 * has `step(key, turn)`, true when admitted, and may have `live()`, how many keys it keeps.
 */
export const subjects = { ...floors, ...ours, ...peers };
export { COUNTER, NOTHING, THREE } from './floors.mjs';
export { BUCKET, FIXED, GATE, HELD, SLIDING, VETIGEN } from './ours.mjs';
export { UNION } from './peers.mjs';
