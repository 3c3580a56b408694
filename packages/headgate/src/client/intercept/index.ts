import type { HeadgateFetch } from '../fetch/create-fetch.ts';

export { gotHooks, gotOptions } from './got.ts';
export { createTurns, type Turn, type Turns } from './turns.ts';
export { undiciInterceptor } from './undici.ts';

/** For `axios.create(axiosOptions(api))`: axios sends by the fetch that is given (axios 1.12 and later). */
export const axiosOptions = (api: HeadgateFetch): { adapter: 'fetch'; env: { fetch: HeadgateFetch } } => ({
  adapter: 'fetch',
  env: { fetch: api },
});

/** For `ky.create(kyOptions(api))`: it neither repeats what was repeated already, nor gives up on what waits its turn. */
export const kyOptions = (api: HeadgateFetch): { fetch: HeadgateFetch; retry: 0; timeout: false } => ({
  fetch: api,
  retry: 0,
  timeout: false,
});
