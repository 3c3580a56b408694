// http-proxy as people set it up, with connections that are kept. Port, then the API's port.
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

const [, , port, upstream] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${upstream}`, agent });
proxy.on('error', (_error, _request, response) => response.destroy());
createServer((request, response) => proxy.web(request, response)).listen(Number(port), '127.0.0.1');
