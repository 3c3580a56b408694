import { HEAD, limit, operations, type Row } from './rows.ts';

export const TRAFFIC: readonly Row[] = [
  // Names of things
  [
    'an unknown operation',
    `${operations('list: { match: GET /a }')}\nlimits: { a: { rate: 1/s, on: lisst } }`,
    'ERR_POLICY_UNKNOWN',
    'did you mean "list"?',
  ],
  ['an operation where there are none', limit('rate: 1/s, except: list'), 'ERR_POLICY_UNKNOWN', 'has none'],
  [
    'all operations taken out',
    `${operations('list: { match: GET /a }')}\nlimits: { a: { rate: 1/s, except: list } }`,
    'ERR_POLICY_NEVER',
  ],
  ['an unknown limit to replace', limit('rate: 1/s, replaces: b'), 'ERR_POLICY_UNKNOWN'],
  ['an unknown answer', limit('rate: 1/s, past: exceded'), 'ERR_POLICY_UNKNOWN', 'did you mean "exceeded"?'],
  ['an unknown limit to report', `${HEAD}respond: { report: nope }`, 'ERR_POLICY_UNKNOWN'],
  [
    'a report of several windows',
    `${HEAD}limits: { a: { rate: [1/s, 5/m] } }\nrespond: { report: a }`,
    'ERR_POLICY_UNKNOWN',
    'a.1s, a.1m',
  ],
  [
    'an unknown limit in headers',
    `${HEAD}respond: { headers: { of: nope, dialect: ratelimit } }`,
    'ERR_POLICY_UNKNOWN',
  ],
  [
    'an answer to a requirement that is unknown',
    `${HEAD}require: { a: { that: "true", else: nope } }`,
    'ERR_POLICY_UNKNOWN',
  ],
  ['a limit that replaces itself', limit('rate: 1/s, replaces: a'), 'ERR_POLICY_CYCLE'],
  [
    'limits that replace each other',
    `${HEAD}limits: { a: { rate: 1/s, replaces: b }, b: { rate: 1/s, replaces: c }, c: { rate: 1/s, replaces: a } }`,
    'ERR_POLICY_CYCLE',
    'a, b, c',
  ],
  // Lists
  [
    'an operation twice in a list',
    `${operations('list: { match: GET /a }')}\nlimits: { a: { rate: 1/s, on: [list, list] } }`,
    'ERR_POLICY_DUPLICATE',
  ],
  ['a route twice in a list', operations('list: { match: [GET /a, GET /a] }'), 'ERR_POLICY_DUPLICATE'],
  ['a tag twice', operations('list: { match: GET /a, tags: [t, t] }'), 'ERR_POLICY_DUPLICATE'],
  // What expressions read
  [
    'an attribute that no operation has',
    limit('rate: 9/s, cost: operation.wieght'),
    'ERR_POLICY_UNKNOWN',
    'did you mean "weight"?',
  ],
  [
    'an attribute of the subject computed from itself',
    `${HEAD}derive: { a: 'subject.a + 1' }`,
    'ERR_POLICY_CYCLE',
    'itself',
  ],
  [
    'an attribute of the subject computed from a later one',
    `${HEAD}derive: { a: subject.b, b: '"x"' }`,
    'ERR_POLICY_CYCLE',
    '"b", which comes after',
  ],
  // Partitions
  ['a partition part twice', limit('rate: 1/s, per: [key, key]'), 'ERR_POLICY_DUPLICATE'],
  ['global beside a part', limit('rate: 1/s, per: [key, global]'), 'ERR_POLICY_WORD'],
  ['each', limit('rate: 1/s, per: each(facts.to)'), 'ERR_POLICY_NOT_BUILT'],
  [
    'a hundred parts',
    limit(`rate: 1/s, per: [${Array.from({ length: 100 }, (_, i) => `key.a${i}`).join(', ')}]`),
    'ERR_POLICY_RANGE',
  ],
  // Identity
  ['a source that looks nowhere', 'headgate: 1\nidentify: { key: { find: any } }', 'ERR_POLICY_MISSING'],
  ['a source that is not looked up', 'headgate: 1\nidentify: { key: { bearer: true } }', 'ERR_POLICY_MISSING'],
  [
    'anonymous first',
    'headgate: 1\nidentify: { anonymous: true, key: { bearer: true, find: any } }',
    'ERR_POLICY_WORD',
    'last',
  ],
  ['true for another source', 'headgate: 1\nidentify: { key: true }', 'ERR_POLICY_TYPE'],
  ['false for anonymous', 'headgate: 1\nidentify: { anonymous: false }', 'ERR_POLICY_TYPE'],
  ['a source called address', 'headgate: 1\nidentify: { address: { bearer: true, find: any } }', 'ERR_POLICY_NAME'],
  [
    'a source in another’s shadow',
    'headgate: 1\nidentify: { a: { bearer: true, find: any }, b: { bearer: "ghs_*", find: any } }',
    'ERR_POLICY_SHADOWED',
  ],
  ['find: jwt', 'headgate: 1\nidentify: { a: { bearer: true, find: jwt } }', 'ERR_POLICY_NOT_BUILT'],
  [
    'find: kyes',
    'headgate: 1\nidentify: { a: { bearer: true, find: kyes } }',
    'ERR_POLICY_CHOICE',
    'did you mean "keys"?',
  ],
  ['keys without keys', 'headgate: 1\nidentify: { a: { bearer: true, find: keys } }', 'ERR_POLICY_KEYS'],
  [
    'keys beside find: any',
    'headgate: 1\nidentify: { a: { bearer: true, find: any, keys: { x: {} } } }',
    'ERR_POLICY_KEYS',
  ],
  [
    'a digest that is too short',
    'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { "sha256:12": {} } } }',
    'ERR_POLICY_KEYS',
  ],
  [
    'a key nobody could send',
    'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { "a b": {} } } }',
    'ERR_POLICY_KEYS',
  ],
  [
    'a key with an unknown plan',
    'headgate: 1\nplans: [PRO]\nidentify: { a: { bearer: true, find: keys, keys: { x: { plan: PR } } } }',
    'ERR_POLICY_UNKNOWN',
    'did you mean "PRO"?',
  ],
  [
    'a key that says its own auth',
    'headgate: 1\nidentify: { a: { bearer: true, find: keys, keys: { x: { auth: y } } } }',
    'ERR_POLICY_NAME',
  ],
  ['a prefix without a star', 'headgate: 1\nidentify: { a: { bearer: ghs_, find: any } }', 'ERR_POLICY_TYPE', 'ghs_*'],
  ['a header that is no name', 'headgate: 1\nidentify: { a: { header: "X Key", find: any } }', 'ERR_POLICY_HEADER'],
  ['a proxy that is no address', 'headgate: 1\naddress: { trust: 10.0.0.0/33 }', 'ERR_POLICY_ADDRESS'],
  ['a proxy with an octal byte', 'headgate: 1\naddress: { trust: 010.0.0.1 }', 'ERR_POLICY_ADDRESS'],
  ['a proxy by name', 'headgate: 1\naddress: { trust: [localhost] }', 'ERR_POLICY_ADDRESS'],
  ['a proxy with a zone', 'headgate: 1\naddress: { trust: "fe80::1%eth0" }', 'ERR_POLICY_ADDRESS'],
  [
    'a rate before anybody is known that depends on somebody',
    'headgate: 1\nplans: [A]\nunidentified: { A: 1/s }',
    'ERR_POLICY_NOT_BUILT',
  ],
  // Operations
  ['an operation that matches nothing', operations('a: {}'), 'ERR_POLICY_MISSING'],
  ['a route without a method', operations('a: { match: /x }'), 'ERR_POLICY_ROUTE'],
  ['a method in small letters', operations('a: { match: get /x }'), 'ERR_POLICY_ROUTE', 'capitals'],
  ['a brace in a route', operations('a: { match: "GET /x/{id}" }'), 'ERR_POLICY_ROUTE', ':id'],
  ['a star in a route', operations('a: { match: GET /x/* }'), 'ERR_POLICY_ROUTE'],
  ['a rest that is not last', operations('a: { match: GET /**/x }'), 'ERR_POLICY_ROUTE', 'last'],
  ['dots in a route', operations('a: { match: GET /x/../y }'), 'ERR_POLICY_ROUTE'],
  ['a query in a route', operations('a: { match: "GET /x?y=1" }'), 'ERR_POLICY_ROUTE'],
  ['a doubled slash', operations('a: { match: GET //x }'), 'ERR_POLICY_ROUTE'],
  ['a variable twice', operations('a: { match: GET /:id/:id }'), 'ERR_POLICY_ROUTE', 'twice'],
  [
    'an operation after one that takes all',
    operations('a: { match: ANY /** }, b: { match: GET /x }'),
    'ERR_POLICY_SHADOWED',
    '"a"',
  ],
  [
    'an operation after a wider one',
    operations('a: { match: GET /x/:id }, b: { match: GET /x/new }'),
    'ERR_POLICY_SHADOWED',
  ],
  [
    'HEAD after GET, which it is counted as',
    operations('a: { match: GET /x }, b: { match: HEAD /x }'),
    'ERR_POLICY_SHADOWED',
  ],
];
