/** Whether a host name, as it stands in a URL, is one by which a machine reaches only itself. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
}
