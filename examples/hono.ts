import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { hono } from 'headgate/hono';

const app = new Hono();
const gate = hono('100/minute');
app.use(gate);

app.get('/', (c) => c.json({ remaining: c.var.headgate.remaining }));

app.get('/search', gate.route({ extraCost: 4 }), (c) => c.json({ remaining: c.var.headgate.remaining }));

app.post('/login', gate.route({ limits: { login: '5/minute' } }), (c) =>
  c.json({ remaining: c.var.headgate.remaining }),
);

app.get('/report', (c) => {
  c.var.headgate.charge(3);
  return c.json({ remaining: c.var.headgate.remaining });
});

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' });
