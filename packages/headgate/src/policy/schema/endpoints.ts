import * as z from 'zod';
import { oneOrMany } from './one-of.ts';
import { closed, word } from './words.ts';

export const endpoint = closed({
  match: word(
    'Method and path, or several. `GET` answers `HEAD` too.',
    'limits: { calls: { rate: 60/minute, per: key } }\nendpoints: { own: { match: GET /rate_limit } }',
    oneOrMany(z.string()),
  ),
  merge: word(
    'Lets the request pass, and writes the state into the API’s own JSON answer at this pointer (RFC 6901) instead.',
    'limits: { calls: { rate: 60/minute, per: key } }\nendpoints: { account: { match: GET /account, merge: /limits } }',
    z.string().optional(),
  ),
});

export type EndpointInput = z.output<typeof endpoint>;
