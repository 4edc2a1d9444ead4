import { type Frame, frameFrom, memberOf, type RequestFrame, type ResponseFrame } from '../bridge/frame/index.ts';

/** The answer to a request that asks for nothing but a sign of life; its id is repeated as it was written. */
export function emptyResult({ bytes, id }: RequestFrame): ResponseFrame {
  const idText = memberOf(bytes, 'id') ?? Buffer.from('null');
  const text = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":'), idText, Buffer.from(',"result":{}}')]);
  return { kind: 'response', id, bytes: text };
}

export function framesOf(messages: readonly Buffer[]): readonly Frame[] {
  return messages.flatMap((bytes) => frameFrom(bytes) ?? []);
}
