package io.culvert.engine;

/**
 * Bytes that never change and that many outboxes of one thread may refer to, which their pool
 * counts once.
 */
public final class SharedBytes {
  private final Bytes bytes;
  private int references;

  /** Bytes that nobody refers to yet. */
  public SharedBytes(Bytes immutable) {
    this.bytes = immutable;
  }

  /** What is shared. */
  public Bytes bytes() {
    return bytes;
  }

  /** One outbox more; gives what that takes of the heap. */
  long refer() {
    return references++ == 0 ? heapBytes() : 0;
  }

  /** One outbox less; gives what is free then. */
  long release() {
    return --references == 0 ? heapBytes() : 0;
  }

  private long heapBytes() {
    return HeapBytes.of(bytes.array().length);
  }
}
