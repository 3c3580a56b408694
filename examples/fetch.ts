import { serve, type HttpBindings } from '@hono/node-server';
import { fetch as headgate } from 'headgate/fetch';

// Where a platform tells the caller's address is for you to say: on Vercel
// `(request) => request.headers.get('x-real-ip') ?? undefined`, in SvelteKit `(_, event) => event.getClientAddress()`.
const gate = headgate('100/minute', {
  peer: (_request: Request, { incoming }: HttpBindings) => incoming.socket.remoteAddress,
});

const tell = (request: Request): Response => Response.json({ remaining: gate.of(request).remaining });

// In Next.js these are `export const GET = gate(…)` of a file each: app/route.ts, app/search/route.ts, …
const routes: Record<string, (request: Request, connection: HttpBindings) => Promise<Response>> = {
  '/': gate(tell),
  '/search': gate.route({ extraCost: 4 })(tell),
  '/login': gate.route({ limits: { login: '5/minute' } })(tell),
  '/report': gate((request) => {
    gate.of(request).charge(3);
    return tell(request);
  }),
};
const rest = gate(() => new Response('Not found', { status: 404 }));

serve({
  fetch: (request, connection) => (routes[new URL(request.url).pathname] ?? rest)(request, connection as HttpBindings), // on Node
  port: Number(process.env['PORT'] ?? 3000),
  hostname: '127.0.0.1',
});
