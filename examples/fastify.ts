import Fastify from 'fastify';
import { fastify as headgate } from 'headgate/fastify';

const app = Fastify();
await app.register(headgate('100/minute'));

app.get('/', (request) => ({ remaining: request.headgate.remaining }));

app.get('/search', { config: { headgate: { extraCost: 4 } } }, (request) => ({
  remaining: request.headgate.remaining,
}));

app.post('/login', { config: { headgate: { limits: { login: '5/minute' } } } }, (request) => ({
  remaining: request.headgate.remaining,
}));

app.get('/report', (request) => {
  request.headgate.charge(3);
  return { remaining: request.headgate.remaining };
});

await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' });
