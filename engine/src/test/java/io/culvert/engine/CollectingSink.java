package io.culvert.engine;

import java.io.ByteArrayOutputStream;

/** Collects what an outbox drains; counts pieces by kind. */
final class CollectingSink implements Outbox.Sink {
  final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  int copied;
  int shared;

  static byte[] drain(Outbox outbox) {
    CollectingSink sink = new CollectingSink();
    outbox.drainTo(sink);
    return sink.bytes.toByteArray();
  }

  @Override
  public void copied(byte[] array, int start, int length) {
    bytes.write(array, start, length);
    copied++;
  }

  @Override
  public void shared(Bytes piece) {
    bytes.write(piece.array(), piece.start(), piece.length());
    shared++;
  }
}
