import Koa from 'koa';
import { Router } from '@koa/router';
import { koa } from 'headgate/koa';

const app = new Koa();
const router = new Router();
const gate = koa('100/minute');

router.get('/', (context) => {
  context.body = { remaining: context.headgate.remaining };
});

router.get('/search', gate.route({ extraCost: 4 }), (context) => {
  context.body = { remaining: context.headgate.remaining };
});

router.post('/login', gate.route({ limits: { login: '5/minute' } }), (context) => {
  context.body = { remaining: context.headgate.remaining };
});

router.get('/report', (context) => {
  context.headgate.charge(3);
  context.body = { remaining: context.headgate.remaining };
});

app.use(gate).use(router.routes());
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
