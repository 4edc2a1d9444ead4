import fs from 'node:fs';
import path from 'node:path';
import type * as Electron from 'electron';
import { refuseArgument } from '../../contract/arguments.ts';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers, refuseOtherStatics } from '../../contract/unsimulated.ts';
import { violation } from '../../contract/violations.ts';
import { pngSize } from './png.ts';

/** The image for one pixel density. */
interface Representation {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** Files that belong to `name.png`, by what stands before the dot. */
const densities = [
  ['', 1],
  ['@2x', 2],
  ['@3x', 3],
] as const;

/** PNG images, with the conventions of macOS: `@2x` files for dense displays, `…Template` for the menu bar. */
export class NativeImage
  implements
    Like<
      Electron.NativeImage,
      | 'isEmpty'
      | 'getSize'
      | 'getScaleFactors'
      | 'isTemplateImage'
      | 'setTemplateImage'
      | 'addRepresentation'
      | 'resize'
      | 'toPNG'
      | 'toDataURL'
    >
{
  /** Where it came from, for tests that ask which icon is shown. */
  readonly source: string;
  readonly #representations: Representation[];
  #template = false;

  private constructor(source: string, representations: readonly Representation[]) {
    this.source = source;
    this.#representations = [...representations];
  }

  static createEmpty(): NativeImage {
    return new NativeImage('', []);
  }

  static createFromPath(file: string): NativeImage {
    const { dir, name, ext } = path.parse(file);
    const found = densities.flatMap(([suffix, scale]) => readFile(path.join(dir, name + suffix + ext), scale));
    if (found.length === 0) violation(`nativeImage.createFromPath: no image at ${file}; Electron returns an empty one`);
    const image = new NativeImage(file, found);
    image.#template = name.endsWith('Template');
    return image;
  }

  static createFromBuffer(data: Buffer, options: Electron.CreateFromBufferOptions = {}): NativeImage {
    const read = represent(data, options.scaleFactor ?? 1);
    return new NativeImage('buffer', read === undefined ? [] : [read]);
  }

  static createFromDataURL(url: string): NativeImage {
    return NativeImage.createFromBuffer(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
  }

  isEmpty(): boolean {
    return this.#representations.length === 0;
  }

  /** In points. */
  getSize(scale?: number): Electron.Size {
    const { width, height, scale: density } = this.#at(scale);
    return { width: Math.round(width / density), height: Math.round(height / density) };
  }

  getScaleFactors(): number[] {
    return this.#representations.map(({ scale }) => scale);
  }

  isTemplateImage(): boolean {
    return this.#template;
  }

  setTemplateImage(template: boolean): void {
    this.#template = template;
  }

  addRepresentation(options: Electron.AddRepresentationOptions): void {
    const data = options.buffer ?? dataOf(options.dataURL ?? '');
    const read = represent(data, options.scaleFactor ?? 1);
    if (read === undefined) violation('nativeImage.addRepresentation: these bytes are no PNG; Electron ignores them');
    else this.#representations.push(read);
  }

  /** The size is that of the result; the pixels stay what they were. */
  resize({ width, height }: Electron.ResizeOptions): NativeImage {
    const { width: oldWidth, height: oldHeight } = this.getSize();
    const newWidth = width ?? Math.round((oldWidth * (height ?? oldHeight)) / (oldHeight || 1));
    const newHeight = height ?? Math.round((oldHeight * newWidth) / (oldWidth || 1));
    const sized = { scale: 1, width: newWidth, height: newHeight, data: this.toPNG() };
    const image = new NativeImage(this.source, this.isEmpty() ? [] : [sized]);
    image.#template = this.#template;
    return image;
  }

  toPNG(options?: Electron.ToPNGOptions): Buffer {
    return this.#at(options?.scaleFactor).data;
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.toPNG().toString('base64')}`;
  }

  #at(scale = 1): Representation {
    const found = this.#representations.find((one) => one.scale === scale) ?? this.#representations[0];
    return found ?? { scale: 1, width: 0, height: 0, data: Buffer.alloc(0) };
  }
}

refuseOtherMembers(NativeImage.prototype, 'NativeImage');
refuseOtherStatics(NativeImage, 'NativeImage');

/**
 * What Tray takes: an image, or the path of one.
 * @throws Error when there is none at the path, as Electron does
 */
export function imageFrom(call: string, image: unknown): NativeImage {
  if (image instanceof NativeImage) return image;
  if (typeof image !== 'string') return refuseArgument(call, 'a NativeImage or a path');
  const read = NativeImage.createFromPath(image);
  if (read.isEmpty()) throw new Error(`${call}: no image at ${image}`);
  return read;
}

function readFile(file: string, scale: number): Representation[] {
  if (!fs.existsSync(file)) return [];
  const read = represent(fs.readFileSync(file), scale);
  if (read === undefined) violation(`nativeImage.createFromPath: ${file} is no PNG`);
  return read === undefined ? [] : [read];
}

function represent(data: Buffer, scale: number): Representation | undefined {
  const size = pngSize(data);
  return size === undefined ? undefined : { scale, data, ...size };
}

function dataOf(url: string): Buffer {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
