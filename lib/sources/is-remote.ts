// Whether a source is on the network; what fetches it is loaded only then.

export function isRemote(source: string): boolean {
  return /^\s*https?:/i.test(source);
}
