package io.culvert.rpc.persistent;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Persistent requests in a journal, such as that of a store on disk. See docs/store-format.md. */
public final class QueueRecords {
  /** The first byte of all its keys; the broker has those up to 240, others 241 and 242. */
  private static final byte FAMILY = (byte) 243;

  private static final byte FORMAT = 1;
  private static final byte DEFAULT_QOS = -1;
  private static final int PAGE_BYTES = 256 * 1024;

  private final Journal journal;
  private final Bytes prefix;
  private final PayloadCodec codec;

  /**
   * @param name of the queue, which may share the store with others
   */
  public QueueRecords(Journal journal, String name, PayloadCodec codec) {
    this.journal = journal;
    this.codec = codec;
    byte[] text = bytes(name);
    this.prefix =
        Bytes.wrap(
            ByteBuffer.allocate(text.length + 2).put(FAMILY).put(text).put((byte) 0).array());
  }

  /**
   * Shows all that is kept, in the order of submission.
   *
   * @param damaged called with the key of each record that cannot be read; it is left where it is
   */
  void load(Consumer<QueuedRequest> each, Consumer<Bytes> damaged, Runnable loaded) {
    journal.scan(prefix, Bytes.EMPTY, PAGE_BYTES, page -> loaded(page, each, damaged, loaded));
  }

  /** Keeps a request, in the place of one with the same number. */
  void keep(QueuedRequest request, Runnable stored) {
    journal.append(new JournalBatch().put(key(request.number()), value(request)), stored::run);
  }

  /** Keeps it no longer. */
  void forget(long number, Runnable stored) {
    journal.append(new JournalBatch().delete(key(number)), stored::run);
  }

  /** Whether something can be kept now. */
  boolean isReady() {
    return journal.health() == Health.READY;
  }

  private void loaded(
      Page page, Consumer<QueuedRequest> each, Consumer<Bytes> damaged, Runnable loaded) {
    List<Entry> entries = page.entries();
    for (Entry entry : entries) {
      QueuedRequest kept = read(entry);
      if (kept == null) {
        damaged.accept(entry.key());
      } else {
        each.accept(kept);
      }
    }
    if (page.hasMore()) {
      Bytes last = entries.get(entries.size() - 1).key();
      journal.scan(prefix, last, PAGE_BYTES, next -> loaded(next, each, damaged, loaded));
    } else {
      loaded.run();
    }
  }

  private Bytes key(long number) {
    return Bytes.wrap(
        ByteBuffer.allocate(prefix.length() + Long.BYTES)
            .put(prefix.toByteArray())
            .putLong(number)
            .array());
  }

  private Bytes value(QueuedRequest request) {
    byte[] target = bytes(request.target());
    byte[] subsystem = bytes(request.subsystem());
    byte[] address = bytes(request.address() == null ? "" : request.address());
    Bytes payload = codec.encode(request.request());
    ByteBuffer out =
        ByteBuffer.allocate(
            2
                + 4 * Long.BYTES
                + 3 * Integer.BYTES
                + target.length
                + subsystem.length
                + address.length
                + payload.length());
    Integer qos = request.qos();
    out.put(FORMAT).put(qos == null ? DEFAULT_QOS : qos.byteValue());
    out.putLong(request.timeoutMillis()).putLong(request.submittedMillis());
    out.putLong(request.expiresMillis()).putLong(request.firstSentMillis());
    out.putInt(target.length).put(target);
    out.putInt(subsystem.length).put(subsystem);
    out.putInt(address.length).put(address);
    out.put(payload.array(), payload.start(), payload.length());
    return Bytes.wrap(out.array());
  }

  /** Null for what cannot be read. */
  private @Nullable QueuedRequest read(Entry entry) {
    try {
      byte[] key = entry.key().toByteArray();
      long number = ByteBuffer.wrap(key).getLong(prefix.length());
      ByteBuffer in = ByteBuffer.wrap(entry.value().toByteArray());
      if (in.get() != FORMAT) {
        return null;
      }
      int qos = in.get();
      long timeoutMillis = in.getLong();
      long submittedMillis = in.getLong();
      long expiresMillis = in.getLong();
      long firstSentMillis = in.getLong();
      String target = text(in);
      String subsystem = text(in);
      String address = text(in);
      byte[] payload = take(in, in.remaining());
      return codec.decode(Bytes.wrap(payload)) instanceof Request request
          ? new QueuedRequest(
              number,
              target,
              subsystem,
              request,
              qos == DEFAULT_QOS ? null : (Integer) qos,
              timeoutMillis,
              submittedMillis,
              expiresMillis,
              address.isEmpty() ? null : address,
              firstSentMillis)
          : null;
    } catch (BufferUnderflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | PayloadViolation e) {
      return null;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer in) {
    return new String(take(in, in.getInt()), StandardCharsets.UTF_8);
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] part = new byte[length];
    in.get(part);
    return part;
  }
}
