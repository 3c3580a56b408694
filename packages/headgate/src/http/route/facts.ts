import type { CompiledPolicy, RequestFacts } from '../../profile/index.ts';
import { headersOf } from '../header-text.ts';
import type { RequestView } from '../request.ts';
import { bodyBytes } from './body-bytes.ts';
import { countedMethod } from './method.ts';
import type { Target } from './target.ts';

type Texts = Readonly<Record<string, string>>;

/** Makes what expressions read of a request. */
export type FactsOf = (view: RequestView, target: Target) => RequestFacts;

const NOTHING: Texts = Object.freeze({});

/** Query and headers are only taken apart for a policy that reads them: most read neither. */
export function createFacts(policy: CompiledPolicy): FactsOf {
  const text = JSON.stringify(policy);
  const asks = text.includes('["root","request"]');
  const query = asks && text.includes('"query"');
  const headers = asks && text.includes('"headers"');
  return (view, target) => ({
    // HEAD is judged as the GET it stands for: asking for less must not be a way round a rule about GET.
    method: countedMethod(view.method),
    head: view.method === 'HEAD',
    path: target.path,
    query: query ? queryOf(target.search) : NOTHING,
    headers: headers ? headersOf(view.fields()) : NOTHING,
    bytes: asks ? bodyBytes(view) : undefined,
  });
}

/** A name given twice reads as all its values joined, so that it never equals the one value a rule expects. */
function queryOf(search: string): Texts {
  const texts = Object.create(null) as Record<string, string>; // no prototype: callers choose the names
  for (const [name, value] of new URLSearchParams(search))
    texts[name] = texts[name] === undefined ? value : `${texts[name]},${value}`;
  return texts;
}
