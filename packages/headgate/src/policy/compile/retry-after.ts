import type { BodyTemplate, Template, TemplatePart } from '../../profile/index.ts';

const INSTANTS: ReadonlySet<string> = new Set(['retryAt', 'nextAt', 'resetAt']);
const DURATIONS: ReadonlySet<string> = new Set(['retryAfter', 'resetIn', 'window', 'delay']);
const RULE =
  'expected whole seconds or a date (RFC 9110 10.2.3): "{retryAfter}", "{retryAt:http}", a number, an expression, or false for none';

/**
 * What is wrong with a `Retry-After` as it is written; undefined when nothing is, or the field is another. Whether it comes too
 * early is only known with the decision: then it is raised, unless the answer is `advisory`.
 */
export function retryAfterProblem(
  field: TemplatePart | undefined,
  value: BodyTemplate,
): { readonly field: string; readonly rule: string } | undefined {
  if (typeof field !== 'string' || field.toLowerCase() !== 'retry-after') return undefined;
  return value.is === 'text' && isWait(value.template) ? undefined : { field, rule: RULE };
}

function isWait([part, ...more]: Template): boolean {
  if (part === undefined || more.length > 0) return false;
  if (typeof part === 'string') return /^\d{1,15}$/.test(part);
  if ('expr' in part) return part.format === undefined || ['s', 'http', 'text'].includes(part.format);
  if (INSTANTS.has(part.name)) return part.format === 'http';
  return DURATIONS.has(part.name) && (part.format === 's' || (part.format === undefined && part.name !== 'window'));
}
