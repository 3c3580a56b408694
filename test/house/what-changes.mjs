// Prints what importing these modules changes of what all of a process shares: globals, what is built in, listeners, handles.
const builtIn = Object.values(Object.getOwnPropertyDescriptors(globalThis))
  .flatMap(({ value }) => (typeof value === 'function' ? [value, value.prototype] : []))
  .filter(Boolean);

const seen = () => [
  ...Reflect.ownKeys(globalThis).map((key) => `global ${String(key)}`),
  ...builtIn.map((value, i) => `built-in ${i}: ${Reflect.ownKeys(value).map(String).join()}`),
  ...process.eventNames().map((name) => `listener ${String(name)}`),
  ...process.getActiveResourcesInfo().map((name) => `handle ${name}`),
];

seen(); // What is made when it is first looked at is made now.
const before = new Set(seen());
await Promise.all(process.argv.slice(2).map((name) => import(name)));
process.stdout.write(
  seen()
    .filter((line) => !before.has(line))
    .join('\n'),
);
