import { createServer } from 'node:http';
import { node } from 'headgate/node';

const gate = node('100/minute');
const login = gate.route({ limits: { login: '5/minute' } });
const search = gate.route({ extraCost: 4 });

const server = createServer(
  gate.wrap((request, response) => {
    const decision = gate.of(request);
    const answer = (): void => void response.end(JSON.stringify({ remaining: decision.remaining }));
    if (request.url === '/login') return login(request, response, answer);
    if (request.url === '/search') return search(request, response, answer);
    if (request.url === '/report') decision.charge(3);
    answer();
  }),
);
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
