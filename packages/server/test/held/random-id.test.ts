import { describe, expect, it } from 'vitest';
import { createRandomId } from '../../src/gateway/random-id.ts';

describe('ids of reservations', () => {
  it('are 128 bits as hex, and none comes twice, also of two that draw side by side', () => {
    const [one, other] = [createRandomId(), createRandomId()];
    const ids = Array.from({ length: 1000 }, () => [one(), other()]).flat();
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(2000);
    for (let digit = 0; digit < 32; digit++) expect(new Set(ids.map((id) => id[digit])).size).toBe(16);
  });
});
