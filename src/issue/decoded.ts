// An address as a person would read it: percent signs written out, where they mean something.

export function decoded(address: string): string {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}
