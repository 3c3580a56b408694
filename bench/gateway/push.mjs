// Sends one form with one file of so many MiB, and prints how many ms that took.
/* oxlint-disable no-await-in-loop -- a piece after another */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const [url, mib] = process.argv.slice(2);
const PIECE = Buffer.alloc(1024 ** 2);
// As a film would be: bytes of every value.
for (let i = 0; i < PIECE.length; i++) PIECE[i] = (i * 2_654_435_761) >>> 13;
/** As browsers make them. */
const BOUNDARY = '----WebKitFormBoundary0123456789abcdef';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f.mp4"\r\nContent-Type: video/mp4\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;

const begun = performance.now();
const headers = {
  'X-API-Key': 'demo',
  'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
  'Content-Length': HEAD.length + TAIL.length + Number(mib) * PIECE.length,
};
const sent = request(url, { method: 'POST', headers });
const answered = once(sent, 'response');
sent.write(HEAD);
for (let i = 0; i < Number(mib); i++) if (!sent.write(PIECE)) await once(sent, 'drain');
sent.end(TAIL);
const [answer] = await answered;
const said = await text(answer);
if (answer.statusCode !== 200 || Number(said) !== headers['Content-Length'])
  throw new Error(`${answer.statusCode} ${said}`);
process.stdout.write(String(performance.now() - begun));
