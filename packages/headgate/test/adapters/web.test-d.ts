import { expectTypeOf } from 'vitest';
import { fetch } from '../../src/adapters/fetch/index.ts';

/*
 * Read by the type checker alone (`tsc -b`); nothing here runs. An expected error that does not come is an error.
 */
// Handlers of Next.js: of its own class of requests, and with a context that `peer` does not look at.
class NextLike extends Request {
  readonly nextUrl: URL = new URL(this.url);
}
const web = fetch('5/s', { peer: (given) => given.headers.get('x-real-ip') ?? undefined });
const get = web((_given: NextLike, { params }: { params: Promise<string> }) => params.then((id) => new Response(id)));
expectTypeOf(get).toEqualTypeOf<(request: NextLike, more: { params: Promise<string> }) => Promise<Response>>();

// Of SvelteKit: what `peer` looks at has to be handed on, also where the handler does not.
const kit = fetch('5/s', { peer: (_given, event: { ip: string }) => event.ip });
expectTypeOf(kit(() => new Response()))
  .parameter(1)
  .toEqualTypeOf<{ ip: string }>();
// @ts-expect-error -- nobody hands on an event
void kit(() => new Response())(new Request('http://api.example'));
