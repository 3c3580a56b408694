import { parseSync, Visitor, type Expression } from 'oxc-parser';

/** The names of the tests in a file, as they are written: `%s` stays. */
export function titlesOf(file: string, source: string): readonly string[] {
  const titles: string[] = [];
  const visitor = new Visitor({
    CallExpression({ callee, arguments: given }) {
      const [title] = given;
      if (isTest(callee) && title?.type === 'Literal') titles.push(String(title.value));
    },
  });
  visitor.visit(parseSync(file, source).program);
  return titles;
}

/** `it`, `it.each(rows)`. */
function isTest(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'it';
  if (callee.type === 'MemberExpression') return callee.object.type === 'Identifier' && callee.object.name === 'it';
  return callee.type === 'CallExpression' && isTest(callee.callee);
}
