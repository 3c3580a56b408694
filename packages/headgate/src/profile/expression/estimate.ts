import { FAILED, type Scope } from './scope.ts';
import { isList, isMap, MAX_DEPTH, spendText } from './values.ts';

/** Characters of ASCII that make about one token in English; every other character is taken for one. */
const ASCII_A_TOKEN = 4;
/** Tokens that a model's own marks take around each message, or any other object. */
const AROUND = 4;

/**
 * About how many tokens a text has, or all texts in a list or a map: a bound to reserve, not a count. It reads high for English, and
 * is near for most other languages; whoever needs the true figure settles it, or registers a tokenizer.
 */
export function estimateTokens([value]: readonly unknown[], scope: Scope): unknown {
  return tokensIn(value, scope, 0);
}

function tokensIn(value: unknown, scope: Scope, depth: number): number | typeof FAILED {
  if (depth > MAX_DEPTH || !scope.spend(1)) return FAILED;
  if (typeof value === 'string') return spendText(scope, value.length) ? tokensOf(value) : FAILED;
  if (isList(value)) return total(value, 0, scope, depth + 1);
  // Names are counted too: tools and schemas are sent to a model as they are.
  if (isMap(value)) return total([...Object.keys(value), ...Object.values(value)], AROUND, scope, depth + 1);
  return 1;
}

function total(values: readonly unknown[], around: number, scope: Scope, depth: number): number | typeof FAILED {
  let tokens = around;
  for (const value of values) {
    const more = tokensIn(value, scope, depth);
    if (more === FAILED) return FAILED;
    tokens += more;
  }
  return tokens;
}

function tokensOf(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) others++;
  return Math.ceil((text.length - others) / ASCII_A_TOKEN) + others;
}
