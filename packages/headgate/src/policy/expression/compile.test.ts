import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, FAILED, Scope, type Visible } from '../../profile/index.ts';
import { compileExpression } from './index.ts';

const VISIBLE: Visible = {
  attributes: {
    plan: 'PRO',
    account: 'acme',
    'account.seats': 7,
    'account.createdAt': '2026-01-01',
    auth: 'key',
    'key.tags': 'a,b',
  },
  plan: { factor: 10 },
  operation: (field) => ({ name: 'chat', group: 'api' })[field],
  roots: {
    request: { method: 'GET', head: false, path: '/x', query: { q: '1' }, headers: { 'x-kind': 'slow' }, bytes: 2500 },
    path: { id: '42' },
    facts: { items: [1, 2, 3], deep: { on: true }, text: 'abc' },
    now: Date.parse('2026-03-01T00:00:00Z'),
  },
  tables: { price: { PRO: 3, 7: 4 } },
  hosts: { double: (value) => Number(value) * 2, list: () => [1] },
};

function valueOf(text: string): unknown {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`);
  return evaluate(compiled.expr, new Scope(VISIBLE));
}

function problemOf(text: string): { message: string; at: number } {
  const compiled = compileExpression(text);
  if (compiled.ok) throw new Error(`${text} was taken`);
  return compiled;
}

describe('what an expression is worth', () => {
  it.each<[string, unknown]>([
    ['5000 + 50 * account.seats', 5350],
    ['60 * plan.factor', 600],
    ['plan == "PRO" && subject.auth == "key"', true],
    ['account', 'acme'],
    ['account["seats"] + 1', 8],
    ['subject["account.seats"]', 7],
    ['request.method == "GET" ? 1 : 5', 1],
    ['request.kind', 'read'],
    ['request.head ? 0 : 1', 1],
    ['request.headers["X-Kind"] == "slow"', true],
    ['request.headers["x-kind"] + "er"', 'slower'],
    ['"q" in request.query', true],
    ['int(request.query.q) + int(path.id)', 43],
    ['lookup("price", ["none", plan, "else"], 5)', 3],
    ['lookup("price", [7])', 4],
    ['lookup("price", plan)', 3],
    ['lookup("price", ["__proto__", "constructor"], 5)', 5],
    ['lookup("price", ["none"])', FAILED],
    ['host("double", account.seats)', 14],
    ['host("list", 1)', FAILED],
    ['host("none", 1)', FAILED],
    ['estimate.tokens("")', 0],
    ['estimate.tokens("one two three")', 4],
    ['estimate.tokens("日本語")', 3],
    ['estimate.tokens([{"role": "user", "content": "12345678"}])', 4 + 1 + 2 + 1 + 2],
    ['text.segments("")', 1],
    ['text.segments("' + 'a'.repeat(160) + '")', 1],
    ['text.segments("' + 'a'.repeat(161) + '")', 2],
    ['text.segments("' + 'a'.repeat(306) + '")', 2],
    ['text.segments("' + 'a'.repeat(307) + '")', 3],
    ['text.segments("' + '€'.repeat(80) + '")', 1],
    ['text.segments("' + '€'.repeat(81) + '")', 2],
    // No escape is parted: 76 of them fill 152 of 153.
    ['text.segments("' + '€'.repeat(153) + '")', 3],
    ['text.segments("' + 'я'.repeat(70) + '")', 1],
    ['text.segments("' + 'я'.repeat(71) + '")', 2],
    ['text.segments("' + '😀'.repeat(35) + '")', 1],
    ['text.segments("' + '😀'.repeat(67) + '")', 3],
    ['request.bytes / 1000', 2],
    ['account.seats / 2', 3.5],
    ['request.bytes * 1.5', 3750],
    ['-7 / 2', -3],
    ['-7 % 2', -1],
    ['operation', 'chat'],
    ['operation.group + "/" + operation.name', 'api/chat'],
    ['days(now, account.createdAt)', 59],
    ['facts.items.exists(i, i > 2)', true],
    ['facts.items.filter(i, i > 1).map(i, i * 10)', [20, 30]],
    [
      'facts.items.map(i, i > 1, facts.items.map(j, i * j))',
      [
        [2, 4, 6],
        [3, 6, 9],
      ],
    ],
    ['sum(facts.items) + max(1, 2.5) + min([4, 3])', 11.5],
    ['clamp(account.seats, 1, 5) + floor(2.7) + ceil(2.1)', 10],
    ['has(facts.deep.on) && !has(facts.deep.off)', true],
    ['has(account.zone) ? account.zone : "UTC"', 'UTC'],
    ['set(["b", "A", "a"])', ['a', 'b']],
    ['network("2001:db8:1:2::3", 24, 64)', '2001:db8:1:2:0:0:0:0/64'],
    ['network("::ffff:203.0.113.7", 24, 64)', '203.0.113.0/24'],
    ['size("né😀") + size(facts.items)', 6],
    ['"a,b".split(",").join("-").upperAscii().contains("A-B")', true],
    ['1', 1],
    ['"text"', 'text'],
    ['string(1.0) + string(true)', '1true'],
    ['{"a": 1, "b": [2]} == {"b": [2], "a": 1}', true],
  ])('%s is %j', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it.each([
    'account.zone == "UTC"',
    'facts.nothing > 1',
    'facts.text + 1',
    '1 / 0',
    'account.seats % 0',
    '9007199254740991 + account.seats',
    'int("abc")',
    'int(9007199254740991.0 * 2.0)',
    'subject.constructor',
    'subject.__proto__',
    'facts.constructor',
    'facts["__proto__"]',
    'request.headers.constructor',
    'facts.items[3]',
    'facts.items.all(i, i.x)',
    'facts.text ? 1 : 2',
    'network("nonsense", 24, 64)',
  ])('%s fails', (text) => {
    expect(valueOf(text)).toBe(FAILED);
  });

  it.each<[string, unknown]>([
    ['true || facts.nothing', true],
    ['facts.nothing || true', true],
    ['false && facts.nothing', false],
    ['facts.nothing && false', false],
    ['facts.nothing || false', FAILED],
    ['facts.nothing && true', FAILED],
    ['[1, 0].exists(i, 1 / i == 1)', true],
    ['[0, 1].exists(i, 1 / i == 1)', true],
    ['[0, 1].all(i, 1 / i == 2)', false],
    ['[0, 1].all(i, 1 / i == 1)', FAILED],
  ])('%s: a side that decides alone decides, whatever the other does', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it('costs a bounded number of steps, whatever it is given', () => {
    const nested = 'facts.all.map(a, facts.all.map(b, facts.all.map(c, a + b + c)))';
    const compiled = compileExpression(nested);
    if (!compiled.ok) throw new Error(compiled.message);
    const all = Array.from({ length: 500 }, (_, i) => i);
    const scope = new Scope({ ...VISIBLE, roots: { facts: { all } } });
    expect(evaluate(compiled.expr, scope)).toBe(FAILED);
  });

  it.each([
    'facts.list == facts.list',
    'facts.map == facts.map',
    'facts.list in [facts.list]',
    'estimate.tokens(facts.map)',
  ])('%s looks as deep into values as bodies of requests are, and no deeper', (text) => {
    const compiled = compileExpression(text);
    if (!compiled.ok) throw new Error(compiled.message);
    const of = (depth: number): unknown => {
      const list = JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
      const map = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as unknown;
      return evaluate(compiled.expr, new Scope({ ...VISIBLE, roots: { facts: { list, map } } }));
    };
    expect(of(64)).not.toBe(FAILED);
    expect([of(66), of(20_000)]).toEqual([FAILED, FAILED]);
  });

  it('reads nothing but own properties, even where somebody polluted the prototype', () => {
    const prototype = Object.getPrototypeOf({}) as object; // that of every plain object
    Object.defineProperty(prototype, 'vip', { value: true, configurable: true });
    try {
      expect(valueOf('subject.vip')).toBe(FAILED);
      expect(valueOf('has(facts.vip) || has(subject.vip) || has(plan.vip)')).toBe(false);
      expect(valueOf('"vip" in facts')).toBe(false);
    } finally {
      Reflect.deleteProperty(prototype, 'vip');
    }
  });
});

describe('what is refused when it is read', () => {
  it.each<[string, number, RegExp]>([
    ['acount.seats > 1', 0, /no root "acount"; did you mean "account"/],
    ['1 +', 3, /EOF/],
    ['request.metod == "GET"', 8, /did you mean "method"/],
    ['usage(subject.plan) >= 1.0', 6, /usage\(\) begins with a name in quotes/],
    ['lookup(plan, ["a"])', 7, /begins with a name in quotes/],
    ['host(facts.name)', 5, /begins with a name in quotes/],
    ['estimate', 0, /there is no root "estimate"/],
    ['estimate.words("a")', 9, /there is no method "words"/],
    ['text.segments(5)', 0, /no matching overload/],
    ['"a".matches("(a+)+$")', 4, /matches\(\) is not offered/],
    ['"a".startWith("b")', 4, /did you mean "startsWith"/],
    ['cieling(1.5)', 0, /there is no function "cieling"/],
    ['subject', 0, /name an attribute/],
    ['1 == 1 && request.method == 3', 10, /string == int/],
    ['9007199254740993', 0, /2\^53/],
    ['account[plan]', 8, /found by its name/],
    ['facts.xs.all(now, now > 1)', 13, /is a root/],
    ['b"bytes"', 0, /only text/],
    ['5u', 0, /only text/],
    ['has(account)', 4, /asks for a field/],
    ['cel.bind(x, 1, x + 1)', 4, /there is no method "bind"/],
  ])('%s', (text, at, message) => {
    const problem = problemOf(text);
    expect([problem.message, problem.at]).toEqual([expect.stringMatching(message), at]);
  });

  it('is a value with a place in the text, whatever the text is', () => {
    const pieces = [
      'account',
      '.',
      'seats',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '?',
      ':',
      '+',
      '1',
      ' ',
      '&&',
      '!',
      'has',
      'map',
      ',',
      'x',
      '\\',
      '\u0000',
      '😀',
      'constructor',
      '__proto__',
    ];
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), (written) => {
        const compiled = compileExpression(written);
        const at = compiled.ok ? 0 : compiled.at;
        expect(at >= 0 && at <= written.length).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what is too long, too deep or too wide to be a figure', () => {
    expect(problemOf(`"${'x'.repeat(2000)}"`).message).toMatch(/2000 characters/);
    expect(problemOf('('.repeat(300) + '1' + ')'.repeat(300)).message).toMatch(/depth/i);
    expect(problemOf(Array.from({ length: 400 }, () => '1').join('+')).message).toMatch(/nodes|depth/i);
  });

  it('refuses an expression that can be nothing of the type its place wants', () => {
    expect(compileExpression('request.bytes', { expect: 'bool' })).toMatchObject({
      ok: false,
      message: 'expected true or false, got int',
    });
    expect(compileExpression('account.seats', { expect: 'bool' })).toMatchObject({ ok: true });
    expect(compileExpression('1.5 * request.bytes', { expect: 'number' })).toMatchObject({ ok: true, type: 'double' });
    expect(compileExpression('"a"', { expect: 'number' })).toMatchObject({ ok: false });
    expect(compileExpression('set(["a"])', { expect: 'list' })).toMatchObject({ ok: true });
  });

  it('offers further roots where a place has them, and nowhere else', () => {
    expect(compileExpression('response.ok', { also: ['response'], expect: 'bool' })).toMatchObject({
      ok: true,
      reads: ['response.ok'],
    });
    expect(compileExpression('response.ok')).toMatchObject({ ok: false });
  });
});

describe('what an expression reads', () => {
  it.each<[string, readonly string[]]>([
    [
      'account.seats * plan.factor + int(request.headers["X-A"])',
      ['account.seats', 'plan.factor', 'request.headers.x-a'],
    ],
    ['subject.auth == "key" && plan == "PRO"', ['plan', 'subject.auth']],
    ['has(user.vip) || now > 5 || operation.group == "a"', ['operation.group', 'time', 'user.vip']],
    ['request.query[path.id]', ['path.id', 'request.query']],
    ['facts.items.all(i, i > account.min)', ['account.min', 'facts.items']],
  ])('%s', (text, reads) => {
    expect(compileExpression(text)).toMatchObject({ ok: true, reads });
  });
});
