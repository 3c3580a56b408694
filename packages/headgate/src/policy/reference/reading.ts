import type { Form } from './values.ts';

const CHAT = 'operations: { chat: { match: POST /chat } }\n';

/** What expressions read of a request's body, and the functions that were made for it. */
export const READING: readonly Form[] = [
  {
    name: 'request.head',
    says: 'Whether the request is a `HEAD`. It is matched, and `request.method` reads it, as the `GET` that it asks about, so that asking for less is no way round a rule; where looking is free, this tells it apart.',
    example: 'limits: { pulls: { rate: 100/6h, per: address, cost: "request.head ? 0 : 1" } }',
  },
  {
    name: 'request.body',
    says: 'What the JSON body says. Only for operations whose limits read it: the server then takes in the whole body before the decision, at most 1 MiB (`--max-read-body-bytes`), and sends it on as it came. One that is longer is 413, not JSON in UTF-8 or with a name twice in an object 400, in a `Content-Encoding` 415, too slow 408. Without a body, or without the field, it is missing.',
    example: `${CHAT}limits: { tokens: { rate: 40k/minute, per: [key, request.body.model], on: chat, cost: 'has(request.body.max_tokens) ? request.body.max_tokens : 4096' } }`,
  },
  {
    name: 'request.bytes',
    says: 'The length of the body. What counts before the decision must be declared: without `Content-Length` such a request is 411. As the `of` of a size it is measured while the body passes, too, and in `actual` it is what has passed.',
    example:
      'limits: { body: { size: 25MB, of: request.bytes }, traffic: { rate: 1GB/hour, per: key, cost: request.bytes } }',
  },
  {
    name: 'request.files',
    says: 'How many files a multipart body brings; a body that is not multipart is one. Known once the body has passed: as the `of` of a size it is counted on the way, and it may stand in `actual`, `count` and `hold`.',
    example: `operations: { upload: { match: POST /upload } }
limits: { batch: { size: 20, of: request.files, on: upload }, files: { rate: 1000/hour, per: key, on: upload, cost: { reserve: any, actual: request.files } } }`,
  },
  {
    name: 'file',
    says: 'In a size alone: `of: file.bytes` is held against every file by itself, while it passes, and `when` may read `file.kind` (`image`, `video`, `audio`, `document`, `archive`, `other`), `file.type` and `file.name`. A file is of every kind that its type, the end of its name or its first bytes say, so that the strictest holds. A body that turns out too large is cut off: the API is left with half of a request, what was held comes back, and the caller gets the answer of the limit.',
    example: `limits: { image: { size: 25MB, of: file.bytes, when: file.kind == "image" }, any: { size: 100MB, of: file.bytes, past: { status: 413 } } }`,
  },
  {
    name: 'a batch',
    says: 'One request that brings several things costs one, unless its cost says otherwise.',
    example: `operations: { one: { match: POST /sms }, many: { match: POST /batch } }
limits: { calls: { rate: 100/minute, per: key }, sent: { rate: 5000/hour, per: key, on: many, cost: size(request.body.items) } }`,
  },
  {
    name: 'lookup("TABLE", [first, second, …], default)',
    says: 'The row of the first key that has one. (`host("NAME", …)` calls a function that the program around the gate registers: `createHttpGate({ hosts })`. One that throws, or takes more than 100 ms, is worth nothing: what cannot be told is never free.)',
    example: `tables: { price: { small: 1, large: 20 } }
limits: { points: { rate: 100/minute, per: key, cost: 'lookup("price", [request.query["size"]], 20)' } }`,
  },
  {
    name: 'estimate.tokens(value)',
    says: 'About how many tokens a model makes of a text, or of all texts and names in a list or a map: a quarter of its ASCII characters and all others, and 4 for each object. A bound to reserve; the true figure is settled.',
    example: `${CHAT}limits: { tokens: { rate: 40k/minute, per: key, on: chat, cost: { reserve: 'estimate.tokens(request.body.messages)', actual: response.body.usage.total_tokens } } }`,
  },
  {
    name: 'domain.registered(name)',
    says: 'The part of a domain name that somebody registered, by the public suffix list with its private section: `example.co.uk` of `www.example.co.uk`. A public suffix, an address and what is no name have none, and count as missing.',
    example: `operations: { order: { match: POST /orders } }
limits: { certificates: { rate: 50/168h, per: 'each(request.body.names, domain.registered(item))', on: order } }`,
  },
  {
    name: 'graphql.cost("TABLE")',
    says: 'What the query of a GraphQL request costs: every field its row of the table (that of its path, `a.b`, before that of its name, else that of `else`, else nothing), times every `first`, `last` and `limit` that it stands below. Fragments count wherever they are spread, fields by their own names; a list of requests is their sum. A query that cannot be read is 400.',
    example: `operations: { graphql: { match: POST /graphql } }
tables: { fields: { issues: 1, issues.comments: 2, else: 0 } }
limits: { points: { rate: 5000/hour, per: key, on: graphql, cost: graphql.cost("fields") } }`,
  },
  {
    name: 'text.segments(text)',
    says: 'In how many segments a text is sent as a short message: 160 characters of the default alphabet of GSM, or 153 in each of several; 70 and 67 where another character is in it (3GPP TS 23.038).',
    example: `operations: { send: { match: POST /sms } }
limits: { segments: { rate: 1000/hour, per: key, on: send, cost: text.segments(request.body.text) } }`,
  },
];
