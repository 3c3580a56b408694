import type { RequestView } from '../request.ts';

/** 0 when there is no body; undefined when its length is not declared. In HTTP/2 no field tells that there is one. */
export function bodyBytes(view: RequestView): number | undefined {
  const declared = view.header('content-length');
  if (declared !== undefined) return /^\d{1,15}$/.test(declared) ? Number(declared) : undefined;
  return (view.hasBody ?? view.header('transfer-encoding') !== undefined) ? undefined : 0;
}
