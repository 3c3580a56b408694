// The yardstick: a proxy on undici's dispatch, written by hand, that limits nothing. Port, then the API's port.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [, , port, upstream] = process.argv;
const pool = new Pool(`http://127.0.0.1:${upstream}`, { connections: 128 });
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

class Handler {
  constructor(response) {
    this.response = response;
  }

  onRequestStart(controller) {
    this.response.on('close', () => {
      if (!this.response.writableEnded) controller.abort(new Error('gone'));
    });
  }

  onResponseStart(controller, status, headers) {
    if (status < 200) return;
    const fields = [];
    for (const name in headers) if (!HOP_BY_HOP.has(name)) fields.push(name, headers[name]);
    this.response.writeHead(status, fields);
    this.response.on('drain', () => controller.resume());
  }

  onResponseData(controller, chunk) {
    if (!this.response.write(chunk)) controller.pause();
  }

  onResponseEnd() {
    this.response.end();
  }

  onResponseError() {
    if (!this.response.headersSent) this.response.writeHead(502);
    this.response.end();
  }
}

createServer((request, response) => {
  const { method, url: path, rawHeaders } = request;
  const headers = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    if (!HOP_BY_HOP.has(name) && name !== 'host') headers.push(name, rawHeaders[i + 1]);
  }
  const body = method === 'GET' || method === 'HEAD' ? null : request;
  pool.dispatch({ method, path, headers, body }, new Handler(response));
}).listen(Number(port), '127.0.0.1');
