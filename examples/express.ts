import express from 'express';
import { express as headgate } from 'headgate/express';

const app = express();
const gate = headgate('100/minute');
app.use(gate);

app.get('/', (request, response) => {
  response.json({ remaining: request.headgate.remaining });
});

app.get('/search', gate.route({ extraCost: 4 }), (request, response) => {
  response.json({ remaining: request.headgate.remaining });
});

app.post('/login', gate.route({ limits: { login: '5/minute' } }), (request, response) => {
  response.json({ remaining: request.headgate.remaining });
});

app.get('/report', (request, response) => {
  request.headgate.charge(3);
  response.json({ remaining: request.headgate.remaining });
});

app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
