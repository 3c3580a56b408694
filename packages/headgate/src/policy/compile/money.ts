/** Decimals that money is counted with: whole millionths, unless a meter says otherwise. */
export const MONEY_PRECISION = 6;

/** Three capitals (ISO 4217). */
export function isCurrency(unit: string | undefined): boolean {
  return unit !== undefined && /^[A-Z]{3}$/.test(unit);
}
