/** Files a developer's machine reads: `.env`, `.env.local`, `.env.development`, `.env.development.local`, `.env.dev`. */
export function isDevelopmentFile(path: string): boolean {
  return /^\.env(\.local|\.dev|\.development)?(\.local)?$/.test(path.slice(path.lastIndexOf('/') + 1));
}

/** `.env.production`, `.env.prod`, with or without `.local`. */
export function isProductionFile(path: string): boolean {
  return /^\.env\.prod(uction)?(\.local)?$/.test(path.slice(path.lastIndexOf('/') + 1));
}

/** A file made to be committed, with placeholders for values. */
export function isExampleFile(path: string): boolean {
  return /\.(example|sample|template|dist|defaults?)(\.|$)/.test(path.slice(path.lastIndexOf('/') + 1));
}

const PUBLIC_PREFIX = /^(NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|PUBLIC|GATSBY|NG_APP|STORYBOOK|VUE_APP)_/;

/** True when a bundler writes the variable's value into what browsers load. */
export function isPublicVariable(name: string): boolean {
  return PUBLIC_PREFIX.test(name);
}

/** The name without a bundler's prefix. */
export function plainVariable(name: string): string {
  return name.replace(PUBLIC_PREFIX, '');
}
