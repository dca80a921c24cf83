// Addresses in what mail systems write: in brackets or bare, with the marks that they put around them.

// A local part may hold nearly anything but space; what stands around it in a sentence may not be part of it.
const ADDRESS =
  /(?<![^\s<>()[\]{}"'`“”‘’:;,=|*])([^\s<>()[\]{}"“”:;,@\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,})/giu;

/** In order, each once. */
export function addressesIn(text: string): string[] {
  const found = [...text.matchAll(ADDRESS)].map(([, address = '']) => address.replace(/^['’`*]+|['’`*.]+$/g, ''));
  return [...new Set(found)];
}
