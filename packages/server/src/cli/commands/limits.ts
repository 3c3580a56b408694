export function limits(_words: readonly string[]): number {
  return 0;
}
