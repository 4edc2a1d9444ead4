import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** os.networkInterfaces(), and the same shape in tests. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The interfaces of this machine; null where the system does not tell: it takes a descriptor, and there may be none left. */
export function interfacesNow(read: () => Interfaces = networkInterfaces): Interfaces | null {
  try {
    return read();
  } catch {
    return null;
  }
}
