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

/** A list of jobs of 16 KiB: small members, of which parsers make many objects. What it cost stands at its end. */
function jobs() {
  const data = Array.from({ length: 117 }, (_, i) => ({
    id: `job_${i}`,
    status: 'succeeded',
    created_at: '2026-04-11T13:00:00Z',
    urls: { get: `https://api.example.com/v1/jobs/${i}` },
    n: i,
  }));
  return JSON.stringify({ data, usage: { total_tokens: 8 } });
}

/** Answers `/` with 17 bytes, `/16k` with 16 KiB, and `/….json` with 16 KiB of JSON. */
export function api(folder, port) {
  const files = join(folder, 'files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, '16k'), 'x'.repeat(16_384));
  for (const name of ['plain', 'told', 'watched']) writeFileSync(join(files, `${name}.json`), jobs());
  const small = `location / { default_type application/json; return 200 '{"hello":"world"}'; }`;
  const large = `location = /16k { root ${files}; default_type text/plain; open_file_cache max=10; }`;
  const json = `location ~ \\.json$ { root ${files}; default_type application/json; open_file_cache max=10; add_header X-Tokens 8; }`;
  return configured(folder, 'api', `server { listen 127.0.0.1:${port}; ${large} ${json} ${small} }`);
}

/** `proxy_pass` with one limit, and connections to the API that are kept. */
export function limiting(folder, port, upstream) {
  const pass = `proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";`;
  const http = `upstream api { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 100000000; }
limit_req_zone $binary_remote_addr zone=callers:10m rate=1000000r/s;
server { listen 127.0.0.1:${port}; location / { limit_req zone=callers burst=100000 nodelay; ${pass} } }`;
  return configured(folder, 'limiting', http);
}
