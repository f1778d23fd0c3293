package io.culvert.engine.testkit;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import java.io.ByteArrayOutputStream;

/** Copies what an outbox drains. */
final class Flight implements Outbox.Sink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public void copied(byte[] array, int start, int length) {
    bytes.write(array, start, length);
  }

  @Override
  public void shared(Bytes piece) {
    bytes.write(piece.array(), piece.start(), piece.length());
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
