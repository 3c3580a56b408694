// Nginx as the API behind every proxy, and as a proxy of its own.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function configured(folder, name, http) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const paths = TEMPORARY.map((kind) => `${kind}_temp_path ${home}/${kind};`).join(' ');
  const text = `daemon off; master_process off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log crit;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; ${paths}
${http}
}`;
  writeFileSync(join(home, 'nginx.conf'), text);
  return ['nginx', '-p', home, '-c', join(home, 'nginx.conf')];
}

/** Answers `/` with 17 bytes and `/16k` with 16 KiB. */
export function api(folder, port) {
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, '16k'), 'x'.repeat(16_384));
  const small = `location / { default_type application/json; return 200 '{"hello":"world"}'; }`;
  const large = `location = /16k { root ${files}; default_type text/plain; open_file_cache max=10; }`;
  return configured(folder, 'api', `server { listen 127.0.0.1:${port}; ${large} ${small} }`);
}

/** `proxy_pass` with one limit, and connections to the API that are kept. */
export function limiting(folder, port, upstream) {
  const pass = `proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";`;
  const http = `upstream api { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 100000000; }
limit_req_zone $binary_remote_addr zone=callers:10m rate=1000000r/s;
server { listen 127.0.0.1:${port}; location / { limit_req zone=callers burst=100000 nodelay; ${pass} } }`;
  return configured(folder, 'limiting', http);
}
