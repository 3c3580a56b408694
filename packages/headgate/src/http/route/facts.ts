import type { CompiledPolicy, RequestFacts } from '../../profile/index.ts';
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
    query: query ? joined(new URLSearchParams(target.search), ',') : NOTHING,
    headers: headers ? joined(pairs(view.fields()), ', ') : NOTHING,
    bytes: asks ? bodyBytes(view) : undefined,
  });
}

/** A name given twice reads as all its values joined, so that it never equals the one value a rule expects. */
function joined(entries: Iterable<readonly [string, string]>, by: string): Texts {
  const texts = Object.create(null) as Record<string, string>; // no prototype: callers choose the names
  for (const [name, value] of entries) {
    const before = texts[name];
    texts[name] = before === undefined ? value : before + by + value;
  }
  return texts;
}

function* pairs(fields: readonly string[]): Iterable<readonly [string, string]> {
  for (let i = 0; i + 1 < fields.length; i += 2) yield [(fields[i] ?? '').toLowerCase(), fields[i + 1] ?? ''];
}
