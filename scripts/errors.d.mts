type Catalogue = Readonly<Record<string, string>>;
type Catalogues = Readonly<Record<'core' | 'profile' | 'policy' | 'http' | 'adapters' | 'client', Catalogue>>;

export function errorsPage(
  catalogues: Catalogues,
  warnings: Readonly<Record<string, { readonly is: string; readonly advice: string }>>,
): string;
