import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy, lineOf, POLICY_ERRORS, PolicyError } from '../../src/policy/index.ts';
import { ANSWERS } from './answers.ts';
import { FIGURES } from './figures.ts';
import { FILE } from './file.ts';
import { HELD } from './held.ts';
import { TRAFFIC } from './traffic.ts';

const REFUSED = [...FILE, ...FIGURES, ...TRAFFIC, ...ANSWERS, ...HELD];

describe('a policy is refused for', () => {
  it.each(REFUSED.map(([what, text, code, says = '']) => ({ what, text, code, says })))(
    '$what',
    ({ text, code, says }) => {
      const problems = checkPolicy(text).filter(({ severity }) => severity === 'error');
      expect(problems.map((problem) => problem.code)).toContain(code);
      expect(
        problems
          .filter((problem) => problem.code === code)
          .map((problem) => lineOf(problem))
          .join('\n'),
      ).toContain(says);
      for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
    },
  );

  it.each([
    ['bytes that are not UTF-8', new Uint8Array([0x68, 0xff])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x68, 0x00])],
  ])('%s', (_, bytes) => {
    expect(checkPolicy(bytes).map(({ code }) => code)).toEqual(['ERR_POLICY_ENCODING']);
  });

  const circle: Record<string, unknown> = { headgate: 1 };
  circle['limits'] = circle;

  it.each([
    ['a function', { headgate: 1, name: () => 'x' }, 'ERR_POLICY_TYPE'],
    ['a date', { headgate: 1, name: new Date(0) }, 'ERR_POLICY_TYPE'],
    ['a big integer', { headgate: 1, name: 5n }, 'ERR_POLICY_TYPE'],
    ['a circle', circle, 'ERR_POLICY_DEPTH'],
    ['half a character', { headgate: 1, name: '\udc00' }, 'ERR_POLICY_ENCODING'],
    ['a prototype of its own', JSON.parse('{"headgate":1,"__proto__":{"limits":{}}}'), 'ERR_POLICY_NAME'],
    ['nothing', undefined, 'ERR_POLICY_TYPE'],
  ])('%s in an object', (_, value: unknown, code) => {
    const refused = (): unknown => compilePolicy(value);
    expect(refused).toThrow(PolicyError);
    expect(refused).toThrow(code);
  });

  it('every reason in the catalogue', () => {
    const seen = new Set<string>(REFUSED.map(([, , code]) => code));
    const errors = Object.keys(POLICY_ERRORS).filter((code) => code.startsWith('ERR_POLICY_'));
    expect(errors.filter((code) => !seen.has(code))).toEqual([]);
  });
});
