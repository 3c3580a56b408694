import type { RateLimitHint } from '../../src/client/index.ts';

/** What a vendor sends, where that was read and when, and what it says. Instants are in ms after NOW. */
export interface Case {
  readonly vendor: string;
  readonly source: string;
  readonly fields: string;
  /** `name limit remaining/used window reset`, a `-` for what is not told. */
  readonly limits: readonly string[];
  readonly retryInMs?: number;
  readonly status?: number;
  readonly body?: string;
  readonly hint?: RateLimitHint;
  readonly concurrency?: true;
}

/** 2026-04-11T13:00:00Z, when every case's answer is received; a case that tells a date of its own says so in `Date`. */
export const NOW = Date.UTC(2026, 3, 11, 13);
const EPOCH = NOW / 1000;
const date = (text: string): string => `Date: ${text}\n`;

/*
 * Figures are the sources' own, read in November 2026 from stored copies of the pages named. A source that tells no `Date`
 * beside an instant is given one here by which the instant lies ahead.
 */
export const CASES: readonly Case[] = [
  {
    vendor: 'Vetigen',
    source: 'its Rate Limits page: epoch seconds, and hints in the body',
    fields: `${date('Mon, 08 Apr 2024 12:39:00 GMT')}X-RateLimit-Limit: 1000\nX-RateLimit-Remaining: 847\nX-RateLimit-Reset: 1712580000`,
    limits: ['- 1000 847 - 60000'],
  },
  {
    vendor: 'Vetigen, refused',
    source: 'the same page; `reset_at` is its `retry_after` rounded',
    status: 429,
    fields: date('Sat, 11 Apr 2026 13:59:13 GMT'),
    body: '{"success":false,"error":{"code":"RATE_LIMIT.EXCEEDED","message":"Too many requests. Please retry after 47 seconds.","details":{"retry_after":47,"reset_at":"2026-04-11T14:00:00Z"}}}',
    limits: [],
    retryInMs: 47_000,
  },
  {
    vendor: 'Claid',
    source: 'its Rate limits page',
    fields: 'RateLimit-Limit: 120, 120;w=60, 4;w=1\nRateLimit-Remaining: 118\nRateLimit-Reset: 32',
    limits: ['- 120 118 60000 32000', '- 4 - 1000 -'],
  },
  {
    vendor: 'Claid, refused',
    source: 'the same page: the leading limit is the one that refused',
    status: 429,
    fields: 'RateLimit-Limit: 4, 120;w=60, 4;w=1\nRateLimit-Remaining: -1\nRateLimit-Reset: 1',
    limits: ['- 4 -1 1000 1000', '- 120 - 60000 -'],
    retryInMs: 1000,
  },
  {
    vendor: 'Deep Creative, too many predictions',
    source: 'its Rate Limits page: a 429 of concurrency has no wait',
    status: 429,
    fields: '',
    body: '{"error":{"type":"rate_limit_error","message":"Concurrent prediction limit exceeded. 5/5 predictions running.","code":"CONCURRENT_LIMIT_EXCEEDED","details":{"limit":5,"active":5}}}',
    limits: [],
    concurrency: true,
  },
  {
    vendor: 'Neolens, refused',
    source: 'its Rate Limiting page: the wait stands in words',
    status: 429,
    fields: '',
    body: '{"error":"Too Many Requests","code":429,"message":"Rate limit exceeded. Try again in 10 seconds."}',
    limits: [],
    retryInMs: 10_000,
  },
  {
    vendor: 'GitHub',
    source: 'an answer recorded in a proxy’s documentation, 2022-10-18',
    fields: `${date('Tue, 18 Oct 2022 21:33:01 GMT')}X-RateLimit-Limit: 5000\nX-RateLimit-Remaining: 4997\nX-RateLimit-Reset: 1666132381\nX-RateLimit-Used: 3\nX-RateLimit-Resource: core`,
    limits: ['core 5000 4997 - 3600000 3'],
  },
  {
    vendor: 'GitLab',
    source: 'docs.gitlab.com/ee/user/gitlab_com, HAProxy API throttle, 2019',
    fields: `${date('Wed, 17 Jul 2019 00:58:00 GMT')}RateLimit-Limit: 600\nRateLimit-Observed: 6\nRateLimit-Remaining: 594\nRateLimit-Reset: 1563325137\nRateLimit-ResetTime: Wed, 17 Jul 2019 00:58:57 GMT`,
    limits: ['- 600 594 - 57000 6'],
  },
  {
    vendor: 'OpenAI',
    source: 'platform.openai.com/docs/guides/rate-limits, as kept 2026-06-26',
    fields:
      'x-ratelimit-limit-requests: 60\nx-ratelimit-limit-tokens: 150000\nx-ratelimit-remaining-requests: 59\nx-ratelimit-remaining-tokens: 149984\nx-ratelimit-reset-requests: 1s\nx-ratelimit-reset-tokens: 6m0s',
    limits: ['requests 60 59 - 1000', 'tokens 150000 149984 - 360000'],
  },
  {
    vendor: 'Groq',
    source: 'recorded answers in a provider survey: Go durations down to milliseconds',
    fields:
      'x-ratelimit-limit-requests: 14400\nx-ratelimit-limit-tokens: 6000\nx-ratelimit-reset-requests: 6s\nx-ratelimit-reset-tokens: 370ms',
    limits: ['requests 14400 - - 6000', 'tokens 6000 - - 370'],
  },
  {
    vendor: 'Anthropic',
    source: 'a rate-limits guide, 2025-10: RFC 3339',
    fields: `${date('Sat, 25 Oct 2025 11:59:30 GMT')}anthropic-ratelimit-requests-limit: 50\nanthropic-ratelimit-requests-remaining: 49\nanthropic-ratelimit-requests-reset: 2025-10-25T12:00:00Z\nanthropic-ratelimit-tokens-limit: 50000\nanthropic-ratelimit-tokens-remaining: 49500\nanthropic-ratelimit-tokens-reset: 2025-10-25T12:01:00Z\nretry-after: 60`,
    limits: ['requests 50 49 - 30000', 'tokens 50000 49500 - 90000'],
    retryInMs: 60_000,
  },
  {
    vendor: 'Docker Hub',
    source: 'docs.docker.com/docker-hub/usage/pulls',
    fields: 'ratelimit-limit: 100;w=21600\nratelimit-remaining: 20;w=21600\ndocker-ratelimit-source: 192.0.2.1',
    limits: ['- 100 20 21600000 -'],
  },
  {
    vendor: 'Zendesk',
    source: 'developer.zendesk.com, best practices for avoiding rate limiting',
    fields:
      'x-rate-limit: 700\nratelimit-limit: 700\nx-rate-limit-remaining: 699\nratelimit-remaining: 699\nratelimit-reset: 41\nzendesk-ratelimit-tickets-index: total=100; remaining=99; resets=41',
    limits: ['- 700 699 - 41000', 'tickets-index 100 99 - 41000'],
  },
  {
    vendor: 'Riot',
    source: 'developer.riotgames.com/rate-limiting.html: counts in seconds, one list beside the other',
    fields: 'X-App-Rate-Limit: 100:1,1000:10,60000:600,360000:3600\nX-App-Rate-Limit-Count: 1:1,2:10,2:600,2:3600',
    limits: [
      'app 100 99 1000 - 1',
      'app 1000 998 10000 - 2',
      'app 60000 59998 600000 - 2',
      'app 360000 359998 3600000 - 2',
    ],
  },
  {
    vendor: 'Riot, in another order',
    source: 'a library’s notes, live: 20:1,100:120 beside 5:1,42:120',
    fields:
      'X-App-Rate-Limit: 20:1,100:120\nX-App-Rate-Limit-Count: 42:120,5:1\nX-Method-Rate-Limit: 2000:10\nX-Method-Rate-Limit-Count: 137:10',
    limits: ['app 20 15 1000 - 5', 'app 100 58 120000 - 42', 'method 2000 1863 10000 - 137'],
  },
  {
    vendor: 'Shopify',
    source: 'a reference of its REST Admin API: what is used, of what',
    fields: 'X-Shopify-Shop-Api-Call-Limit: 32/40\nRetry-After: 2.0',
    limits: ['shopify-shop-api-call 40 8 - - 32'],
    retryInMs: 2000,
  },
  {
    vendor: 'EVE Online',
    source: 'developers.eveonline.com, rate limiting: a limit in a window',
    fields: 'X-Ratelimit-Group: status\nX-Ratelimit-Limit: 150/15m\nX-Ratelimit-Remaining: 148\nX-Ratelimit-Used: 2',
    limits: ['status 150 148 900000 - 2'],
  },
  {
    vendor: 'EVE Online, errors',
    source: 'developers.eveonline.com, error limiting, 2017: a count of errors, reset in seconds',
    fields: 'X-ESI-Error-Limit-Remain: 97\nX-ESI-Error-Limit-Reset: 26',
    limits: ['esi-error - 97 - 26000'],
  },
  {
    vendor: 'Discord, refused',
    source: 'discord.com/developers, rate limits: floats, and the wait in the body',
    status: 429,
    fields: `${date('Tue, 02 Aug 2016 20:55:58 GMT')}Retry-After: 65\nX-RateLimit-Limit: 10\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1470173023.123\nX-RateLimit-Reset-After: 64.57\nX-RateLimit-Bucket: abcd1234`,
    body: '{"message":"You are being rate limited.","retry_after":64.57,"global":false}',
    limits: ['abcd1234 10 0 - 64570'],
    retryInMs: 65_000,
  },
  {
    vendor: 'Reddit',
    source: 'an announcement in r/redditdev, 2014: a float, and seconds to the end of the period',
    fields: 'X-Ratelimit-Used: 1\nX-Ratelimit-Remaining: 599.0\nX-Ratelimit-Reset: 421',
    limits: ['- - 599 - 421000 1'],
  },
  {
    vendor: 'Strava',
    source: 'developers.strava.com/docs/rate-limits: lists whose windows only the page tells',
    fields: 'X-Ratelimit-Limit: 600,30000\nX-Ratelimit-Usage: 314,27536',
    hint: { windowsMs: [900_000, 86_400_000] },
    limits: ['- 600 286 900000 - 314', '- 30000 2464 86400000 - 27536'],
  },
  {
    vendor: 'HubSpot',
    source: 'developers.hubspot.com/changelog, 2018-11-06: a field a window, named by its span',
    fields:
      'X-HubSpot-RateLimit-Daily: 250000\nX-HubSpot-RateLimit-Daily-Remaining: 249999\nX-HubSpot-RateLimit-Secondly: 10\nX-HubSpot-RateLimit-Secondly-Remaining: 9',
    limits: ['day 250000 249999 86400000 -', 'second 10 9 1000 -'],
  },
  {
    vendor: 'Trello',
    source: 'community.developer.atlassian.com, an answer of 2018-01-17: windows in milliseconds, no reset',
    fields:
      'x-rate-limit-api-token-interval-ms: 10000\nx-rate-limit-api-token-max: 100\nx-rate-limit-api-token-remaining: 99\nx-rate-limit-api-key-interval-ms: 10000\nx-rate-limit-api-key-max: 300\nx-rate-limit-api-key-remaining: 299',
    limits: ['api-token 100 99 10000 -', 'api-key 300 299 10000 -'],
  },
  {
    vendor: 'BigCommerce',
    source: 'docs.bigcommerce.com, response headers: a reset and a window in milliseconds, under another word',
    fields:
      'X-Rate-Limit-Time-Window-Ms: 30000\nX-Rate-Limit-Time-Reset-Ms: 15000\nX-Rate-Limit-Requests-Quota: 150\nX-Rate-Limit-Requests-Left: 35',
    limits: ['requests 150 35 30000 15000'],
  },
  {
    vendor: 'Sentry',
    source: 'docs.sentry.io/api/ratelimits: requests in a window, and at once',
    fields: `${date('Sat, 11 Apr 2026 13:00:00 GMT')}X-Sentry-Rate-Limit-Limit: 40\nX-Sentry-Rate-Limit-Remaining: 39\nX-Sentry-Rate-Limit-Reset: ${EPOCH + 1}\nX-Sentry-Rate-Limit-ConcurrentLimit: 25\nX-Sentry-Rate-Limit-ConcurrentRemaining: 24`,
    limits: ['sentry 40 39 - 1000', 'concurrent held 25 24'],
  },
  {
    vendor: 'Pinterest (Envoy)',
    source: 'recorded 2026-07-29: draft-03 with names, which lead with the limit that binds',
    fields:
      'x-ratelimit-limit: 60, 100;w=1;name="safety_net_app_id_user_id", 60;w=60;name="org_analytics_app_id_user_id"\nx-ratelimit-remaining: 58\nx-ratelimit-reset: 50',
    limits: ['org_analytics_app_id_user_id 60 58 60000 50000', 'safety_net_app_id_user_id 100 - 1000 -'],
  },
  {
    vendor: 'Cloudflare',
    source: 'recorded answers of its API, 2026: draft-08 and later',
    fields: 'ratelimit-policy: "default";q=1200;w=300\nratelimit: "default";r=1199;t=1',
    limits: ['default 1200 1199 300000 1000'],
  },
  {
    vendor: 'draft-06',
    source: 'draft-ietf-httpapi-ratelimit-headers-06',
    fields: 'RateLimit-Policy: 100;w=10\nRateLimit-Limit: 100\nRateLimit-Remaining: 50\nRateLimit-Reset: 50',
    limits: ['- 100 50 10000 50000'],
  },
  {
    vendor: 'draft-07',
    source: 'draft-ietf-httpapi-ratelimit-headers-07',
    fields: 'RateLimit: limit=100, remaining=50, reset=5\nRateLimit-Policy: 100;w=10, 1000;w=3600',
    limits: ['- 100 50 10000 5000', '- 1000 - 3600000 -'],
  },
  {
    vendor: 'draft-11',
    source: 'draft-ietf-httpapi-ratelimit-headers-11: two policies, a unit that is held',
    fields:
      'RateLimit-Policy: "burst";q=100;w=60, "jobs";q=5;qu="concurrent-requests"\nRateLimit: "burst";r=50;t=30, "jobs";r=0',
    limits: ['burst 100 50 60000 30000', 'jobs held 5 0'],
  },
  {
    vendor: 'Wix',
    source: 'a partner API’s page, 2024-03: a reset as RFC 3339 with an offset',
    fields: `${date('Wed, 27 Mar 2024 23:00:00 GMT')}RateLimit-DailyLimit: 500\nRateLimit-Remaining: 499\nRateLimit-ResetTime: 2024-03-28T00:00:00+00:00`,
    limits: ['day 500 - 86400000 -', '- - 499 - 3600000'],
  },
  {
    vendor: 'Rachio',
    source: 'its forum, 2018-03-12',
    fields: `${date('Mon, 12 Mar 2018 23:59:00 GMT')}x-ratelimit-limit: 1700\nx-ratelimit-remaining: 4\nx-ratelimit-reset: 2018-03-13T00:00:00Z`,
    limits: ['- 1700 4 - 60000'],
  },
  {
    vendor: 'Flashnet',
    source: 'docs.flashnet.xyz/api/rate-limits: an epoch in milliseconds',
    fields: `X-RateLimit-Limit: 60\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: ${NOW + 2500}`,
    limits: ['- 60 0 - 2500'],
  },
  {
    vendor: 'Zoom, refused',
    source: 'devforum.zoom.us: a Retry-After that is no HTTP date',
    status: 429,
    fields: `${date('Sat, 30 May 2020 23:00:00 GMT')}X-RateLimit-Category: Heavy\nX-RateLimit-Type: Daily-limit\nX-RateLimit-Limit: 30000\nX-RateLimit-Remaining: 0\nRetry-After: 2020-05-31T00:00:00Z`,
    limits: ['- 30000 0 - -'],
    retryInMs: 3_600_000,
  },
  {
    vendor: 'Azure OpenAI, refused',
    source: 'recorded: whole seconds that milliseconds were rounded up to',
    status: 429,
    fields: 'Retry-After: 2\nretry-after-ms: 1500\nx-ratelimit-remaining-tokens: 0\nx-ratelimit-remaining-requests: 12',
    limits: ['tokens - 0 - -', 'requests - 12 - -'],
    retryInMs: 1500,
  },
  {
    vendor: 'Google, refused',
    source: 'google.rpc.RetryInfo as recorded: a duration in the body',
    status: 429,
    fields: '',
    body: '{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"57.238747106s"}]}}',
    limits: [],
    retryInMs: 57_239,
  },
  {
    vendor: 'Google Gemini, refused',
    source:
      'googleapis/python-genai, pull request 2114, 2026-02-27: the member is rounded down, and the words tell the whole wait',
    status: 429,
    fields: '',
    body: "{'error': {'code': 429, 'message': 'Please retry in 58.934310785s.', 'details': [{\"retryDelay\": \"58s\"}]}}",
    limits: [],
    retryInMs: 58_935,
  },
  {
    vendor: 'Twitter',
    source: 'ttezel/twit, an answer that its users report, 2013-01-13',
    fields: `${date('Sun, 13 Jan 2013 17:29:54 GMT')}x-rate-limit-limit: 180\nx-rate-limit-remaining: 175\nx-rate-limit-reset: 1358098325`,
    limits: ['- 180 175 - 131000'],
  },
  {
    vendor: 'Etsy',
    source:
      'developers.etsy.com/documentation/essentials/rate-limits: limits that are called so, by the span they are of',
    fields: 'X-Limit-Per-Second: 10\nX-Remaining-This-Second: 9\nX-Limit-Per-Day: 10000\nX-Remaining-Today: 9998',
    limits: ['second 10 9 1000 -', 'day 10000 9998 86400000 -'],
  },
  {
    vendor: 'Imgur',
    source:
      'apidocs.imgur.com, and the source of CRAN’s imguR, which reads the reset as an epoch; figures of its credits',
    fields: `${date('Fri, 30 May 2025 00:00:00 GMT')}X-RateLimit-UserLimit: 500\nX-RateLimit-UserRemaining: 482\nX-RateLimit-UserReset: 1748566800\nX-RateLimit-ClientLimit: 12500\nX-RateLimit-ClientRemaining: 12489`,
    limits: ['user 500 482 - 3600000', 'client 12500 12489'],
  },
  {
    vendor: 'Spring Cloud Gateway',
    source: 'its RedisRateLimiter, in a README that records an answer: what a request cost is no limit',
    fields:
      'X-RateLimit-Remaining: 9\nX-RateLimit-Requested-Tokens: 1\nX-RateLimit-Burst-Capacity: 10\nX-RateLimit-Replenish-Rate: 5',
    limits: ['- - 9'],
  },
  {
    vendor: 'Cohere',
    source: 'an answer of 2026-06-05 in a public log',
    fields: 'x-endpoint-monthly-call-limit: 1000\nx-trial-endpoint-call-limit: 20\nx-trial-endpoint-call-remaining: 19',
    limits: ['endpoint-monthly-call 1000', 'trial-endpoint-call 20 19'],
  },
  {
    vendor: 'lemlist',
    source: 'developer.lemlist.com, rate limits: a date as a browser prints it',
    fields: `${date('Tue, 16 Feb 2021 08:02:40 GMT')}Retry-After: 2\nX-RateLimit-Limit: 20\nX-RateLimit-Remaining: 7\nX-RateLimit-Reset: Tue Feb 16 2021 09:02:42 GMT+0100 (Central European Standard Time)`,
    limits: ['- 20 7 - 2000'],
    retryInMs: 2000,
  },
  {
    vendor: 'Prisjakt',
    source: 'developer.prisjakt.nu, rate limits: milliseconds, which only the page tells',
    status: 429,
    fields: 'X-Rate-Limit-Limit: 10000\nX-Rate-Limit-Remaining: 0\nX-Rate-Limit-Reset: 600000',
    hint: { reset: 'deltaMs' },
    limits: ['- 10000 0 - 600000'],
    retryInMs: 600_000,
  },
  {
    vendor: 'HTTP',
    source: 'RFC 9110 10.2.3: a date, by a server whose clock is two minutes ahead',
    status: 503,
    fields: `${date('Sat, 11 Apr 2026 13:02:00 GMT')}Retry-After: Sat, 11 Apr 2026 13:02:30 GMT`,
    limits: [],
    retryInMs: 30_000,
  },
  {
    vendor: 'HTTP, of old',
    source: 'RFC 9110 5.6.7: asctime and RFC 850',
    fields: `${date('Sat Apr 11 13:00:00 2026')}Retry-After: Saturday, 11-Apr-26 13:00:05 GMT`,
    limits: [],
    retryInMs: 5000,
  },
];
