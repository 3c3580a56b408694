import type { AdapterWarningCode, Warning } from '../../src/adapters/kit/index.ts';

/** A listener to warnings, and the codes that it was told. */
export function heard(): {
  codes: () => AdapterWarningCode[];
  warnings: Warning[];
  onWarning: (warning: Warning) => void;
} {
  const warnings: Warning[] = [];
  return {
    warnings,
    codes: () => warnings.map(({ code }) => code),
    onWarning: (warning) => void warnings.push(warning),
  };
}
