/* oxlint-disable no-await-in-loop -- one after another */
import { describe, expect, it } from 'vitest';
import type { AdapterWarningCode, Options, Spec, Warning } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { closeAfterwards, leftIn } from './set-up.ts';
import { SEVERAL } from './several-gates.ts';

const policy = (): Spec =>
  parsePolicy('headgate: 1\nidentify: { anonymous: true }\nlimits: { limit: { rate: 9/minute, per: address } }\nrespond: { headers: { of: limit, dialect: ratelimit } }'); // prettier-ignore

describe.each(Object.entries(SEVERAL))('in %s', (_, make) => {
  /** What three requests are told is left, and which codes were told. */
  async function toldBy(specs: readonly Spec[], more: Options<never> = {}): Promise<unknown> {
    const codes: AdapterWarningCode[] = [];
    const beside = { onWarning: ({ code }: Warning): void => void codes.push(code), ...more };
    const { url, close } = await make(specs, beside);
    closeAfterwards(close);
    const fields: (string | null)[] = [];
    for (let i = 0; i < 3; i++) fields.push((await fetch(url)).headers.get('ratelimit'));
    return [fields.map((field) => leftIn(new Headers({ ratelimit: field ?? '' }))), codes];
  }

  const ONCE = [[{ limit: 8 }, { limit: 7 }, { limit: 6 }], ['WARN_ADAPTER_TWICE']];

  it.each<[string, () => Spec, Options<never>]>([
    ['of one rate', () => '9/minute', {}],
    ['of one policy', policy, {}],
    ['of one rate and one key', () => '9/minute', { key: () => 'all' }],
  ])(
    'a limiter that is made twice over one store, %s, counts a request once, and tells it once',
    async (__, spec, options) => {
      expect(await toldBy([spec(), spec()], { store: memoryStore(), ...options })).toEqual(ONCE);
    },
  );

  it('two that are not alike count each for itself, and nothing is told of that', async () => {
    expect(await toldBy([{ limits: { one: '9/minute' } }, { limits: { two: '5/minute' } }])).toEqual([
      [8, 7, 6].map((one) => ({ one, two: one - 4 })),
      [],
    ]);
  });
});
