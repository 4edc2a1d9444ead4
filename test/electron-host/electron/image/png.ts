const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** The size that a PNG's first chunk states, or undefined when the bytes are no PNG. */
export function pngSize(data: Buffer): PixelSize | undefined {
  const isPng =
    data.length >= 24 && data.subarray(0, 8).equals(signature) && data.toString('latin1', 12, 16) === 'IHDR';
  return isPng ? { width: data.readUInt32BE(16), height: data.readUInt32BE(20) } : undefined;
}
