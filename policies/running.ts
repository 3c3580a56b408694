import type { Answer } from '../packages/server/test/support.ts';
import { bearer, serve, START, type Served } from './served.ts';
import { studio, type Studio } from './studio.ts';

export const CREATE = 'POST /v1/predictions';

/** A key that runs predictions, one request after another. */
export async function running(
  key = 'dk_1',
  nowMs = START,
): Promise<Studio & Served & { readonly create: () => Promise<Answer> }> {
  const api = studio();
  const served = await serve('deepcreative.yaml', nowMs, api.listener);
  const create = (): Promise<Answer> => served.ask(CREATE, bearer(key));
  return Object.assign(api, served, { create });
}
