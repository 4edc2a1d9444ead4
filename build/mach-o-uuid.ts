import { uuidPlaces } from '../app/platform/mach-o/index.ts';

const UUID_BYTES = 16;

/**
 * Overwrites LC_UUID in every slice of a 64-bit Mach-O program, thin or universal. Apple's <mach-o/loader.h> and <mach-o/fat.h>.
 * The file is changed in place, and only when every slice has one.
 * @param uuid 16 bytes
 * @returns the number of slices
 * @throws MachOError when the file is something else, ends early, or has a slice without LC_UUID
 */
export function setUuid(file: Buffer, uuid: Buffer): number {
  if (uuid.length !== UUID_BYTES) throw new RangeError(`A UUID has ${UUID_BYTES} bytes, not ${uuid.length}`);
  const places = uuidPlaces(file);
  for (const place of places) uuid.copy(place);
  return places.length;
}
