// An API that reads whatever it is sent, and says how much that was.
import { createServer } from 'node:http';

createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)));
}).listen(Number(process.argv[2]), '127.0.0.1');
