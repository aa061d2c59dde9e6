import { open } from 'node:fs/promises';

const pieceSize = 256 * 1024;

/** A file from its beginning in pieces, each good until the one behind the next is asked for: two buffers are enough. */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  let [buffer, other] = [Buffer.allocUnsafeSlow(pieceSize), Buffer.allocUnsafeSlow(pieceSize)];
  let reading = file.read(buffer, 0, pieceSize, null);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      [buffer, other] = [other, buffer];
      reading = file.read(buffer, 0, pieceSize, null);
      yield other.subarray(0, bytesRead);
    }
  } finally {
    // Whoever asks for no more does not have to hear of the piece that was being read ahead.
    await reading.catch(() => {});
    await file.close();
  }
}
